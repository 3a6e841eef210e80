/** Writes docs/openapi.json from the routes: `npx tsx scripts/write-openapi.ts`. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openApiDocument } from '../src/api/openapi.ts';
import { createApiServer } from '../src/api/server.ts';
import { createStubServices } from '../src/api/testing/stub-services.ts';
import { projectRoot } from '../src/core/entry.ts';

export const openApiFile = join(projectRoot(), 'docs', 'openapi.json');

/** The text of docs/openapi.json. Needs no running Sluice: routes are described, not called. */
export async function renderOpenApi(): Promise<string> {
  const app = createApiServer(createStubServices(), { webRoot: '', host: '127.0.0.1', port: 0 });
  await app.ready();
  const document = openApiDocument(app);
  await app.close();
  return `${JSON.stringify(document, null, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(openApiFile, await renderOpenApi());
