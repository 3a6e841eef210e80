/**
 * Worker that reads the host's standard input: the first line is the configuration, the end of it means that the
 * parent is gone. It runs apart from the main thread because the engine plans streamed statements there, and an
 * orphan that keeps the data folder locked blocks the next start.
 */
import { readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';

const graceMs = 700;
const pause = new Int32Array(new SharedArrayBuffer(4));

function readChunk(buffer: Buffer): number {
  for (;;) {
    try {
      return readSync(0, buffer);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(pause, 0, 0, 50);
    }
  }
}

function watch(): void {
  const buffer = Buffer.alloc(16 * 1024);
  let text = '';
  let told = false;
  for (;;) {
    const length = readChunk(buffer);
    if (length === 0) break;
    if (told) continue;
    text += buffer.toString('utf8', 0, length);
    const end = text.indexOf('\n');
    if (end < 0) continue;
    told = true;
    parentPort?.postMessage({ line: text.slice(0, end) });
  }
  parentPort?.postMessage({ closed: true });
  Atomics.wait(pause, 0, 0, graceMs);
  process.kill(process.pid, 'SIGKILL');
}

watch();
