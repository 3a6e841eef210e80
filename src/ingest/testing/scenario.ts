/** A small source that is read window by window, with everything that tempts a pipeline to lose or repeat records. */
import type { Ingest } from '../api.ts';
import { makeDefinition, makePoller, page, recordText } from './fixtures.ts';

const perWindow = 30;
const overlap = 10;
const pageSize = 12;

/** What the source holds in window `n`: new events, an identical pair across pages, the tail of the window before. */
function windowTexts(n: number): string[] {
  const first = n * perWindow;
  const fresh = Array.from({ length: perWindow }, (_, i) => recordText(first + i));
  // Identical records of their own, one on each of two pages: both are events.
  const twins = [recordText(first, 'twin'), ...fresh, recordText(first, 'twin')];
  if (n === 0) return twins;
  const before = Array.from({ length: overlap }, (_, i) => recordText(first - overlap + i));
  // The twins of the window before are read again in the overlap, both of them.
  const oldTwins = Array.from({ length: 2 }, () => recordText(first - perWindow, 'twin'));
  return [...oldTwins, ...before, ...twins];
}

/** Every third window brings nothing new: it repeats what the one before it brought. */
function isQuiet(n: number): boolean {
  return n % 3 === 2;
}

function sourceTexts(n: number): string[] {
  const quietBefore = Math.floor(n / 3);
  return windowTexts(isQuiet(n) ? n - 1 - quietBefore : n - quietBefore);
}

/** Each event once, in order: what archive and table must hold after windows 0 … count - 1. */
export function expectedTexts(count: number): string[] {
  const texts: string[] = [];
  let window = 0;
  for (let n = 0; n < count; n += 1) {
    if (isQuiet(n)) continue;
    const first = window * perWindow;
    texts.push(recordText(first, 'twin'), recordText(first, 'twin'));
    texts.push(...Array.from({ length: perWindow }, (_, i) => recordText(first + i)));
    window += 1;
  }
  return texts;
}

async function readWindow(ingest: Ingest, n: number): Promise<void> {
  const sink = await ingest.sinkFor({
    connectionId: 'c1',
    definition: makeDefinition(),
    poller: makePoller(),
    sourceIdentity: 'source-1',
  });
  const read = sink.open({ poller: 'acme', mode: 'window', runId: `run-${n}` });
  const texts = sourceTexts(n);
  for (let at = 0; at < texts.length; at += pageSize) await read.append(page(texts.slice(at, at + pageSize)));
  await read.commit({ windowEndMs: n + 1 });
}

/** Reads windows from the checkpoint up to `count`, trying again after a failure. Returns the failures. */
export async function readWindows(ingest: Ingest, count: number): Promise<Error[]> {
  const failures: Error[] = [];
  while (failures.length < 5) {
    const { checkpoint } = await ingest.checkpoint('c1', 'acme');
    const next = checkpoint.windowEndMs ?? 0;
    if (next >= count) return failures;
    try {
      await readWindow(ingest, next);
    } catch (error) {
      failures.push(error instanceof Error ? error : new Error(String(error)));
    }
  }
  throw failures[0];
}
