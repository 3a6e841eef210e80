import { PassThrough } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { stillValid } from './access.ts';
import type { RouteContext } from './context.ts';

const heartbeatMs = 15_000;
/** A client that reads this little is gone or stuck; it reconnects and reloads. */
const maxBufferedBytes = 1024 * 1024;

/**
 * Server-sent events until the client leaves, the session ends or the server closes.
 * A heartbeat comment keeps proxies from cutting the line and lets the client notice a dead server.
 */
export function createEventStream(context: RouteContext, request: FastifyRequest): PassThrough {
  const { services, clock, closing } = context;
  const out = new PassThrough();
  const stop = new AbortController();
  let id = 0;
  const unsubscribe = services.operations.subscribe((event) => {
    id += 1;
    out.write(`id: ${id}\nevent: ${event.type}\ndata: ${JSON.stringify(event.data)}\n\n`);
    if (out.writableLength + out.readableLength > maxBufferedBytes) out.destroy();
  });
  out.once('close', () => {
    unsubscribe();
    stop.abort();
  });
  out.write('retry: 3000\n: connected\n\n');

  const beat = async () => {
    const signal = AbortSignal.any([stop.signal, closing]);
    while (!signal.aborted) {
      await clock.sleep(heartbeatMs, signal);
      if (!(await stillValid(services.auth, request))) break;
      out.write(': heartbeat\n\n');
    }
  };
  beat()
    .catch((error: unknown) => {
      if (!stop.signal.aborted && !closing.aborted) request.log.warn({ err: error }, 'event stream ended');
    })
    .finally(() => out.end());
  return out;
}
