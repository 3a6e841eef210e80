import { mkdirSync } from 'node:fs';
import { pino } from 'pino';
import { createStream } from 'rotating-file-stream';
import { logRedaction } from '../api/log-redaction.ts';

/** Structured log in `<folder>/sluice.log`: rotated at 10 MB, eight files kept. */
export function createLog(options: { readonly folder: string; readonly level: string }) {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  const stream = createStream('sluice.log', { path: options.folder, size: '10M', maxFiles: 8, mode: 0o600 });
  const logger = pino(
    { level: options.level, base: null, redact: logRedaction, timestamp: pino.stdTimeFunctions.isoTime },
    stream,
  );
  return { logger, close: () => new Promise<void>((resolve) => stream.end(() => resolve())) };
}
