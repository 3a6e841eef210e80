/**
 * The compiler process: parses, binds and compiles on request. The language service takes some 260 MB,
 * so the server starts this process on demand and lets it go when idle. It ends when its parent does.
 */

import { compileKql } from '../compile.ts';
import { completeKql } from '../completion.ts';
import type { ServiceRequest, ServiceResponse } from './protocol.ts';

function answer(request: ServiceRequest): ServiceResponse {
  try {
    if (request.kind === 'complete')
      return { id: request.id, kind: 'completed', items: completeKql(request.request) };
    return { id: request.id, kind: 'compiled', result: compileKql(request.request) };
  } catch (error) {
    return {
      id: request.id,
      kind: 'failed',
      message: error instanceof Error ? error.message : String(error),
    };
  }
}

process.on('message', (message: ServiceRequest) => {
  process.send?.(answer(message));
});
process.on('disconnect', () => process.exit(0));
