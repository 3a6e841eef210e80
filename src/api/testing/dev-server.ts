/**
 * Serves the API over stub data, and the web build when there is one:
 *   npx tsx src/api/testing/dev-server.ts [port]
 * Sign in as admin / admin-password (also editor, viewer), or send `Authorization: Bearer admin-token`.
 */
import { join } from 'node:path';
import { pino } from 'pino';
import { projectRoot } from '../../core/entry.ts';
import { createApiServer } from '../server.ts';
import { createStubServices } from './stub-services.ts';

const port = Number(process.argv[2] ?? 7199);
const host = '127.0.0.1';
const server = createApiServer(createStubServices(), {
  logger: pino({ level: 'info' }),
  webRoot: join(projectRoot(), 'dist', 'web'),
  host,
  port,
});
const url = await server.listen({ host, port });
console.log(`Stub server: ${url}  (admin / admin-password; bearer admin-token)`);
process.once('SIGINT', () => void server.close());
process.once('SIGTERM', () => void server.close());
