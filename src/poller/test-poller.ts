/** One live request for "does this connection work?": nothing is delivered, nothing is stored. */
import { toSluiceError } from '../core/errors.ts';
import type { PollTrace, TestPollerInput, TestPollerResult } from './api.ts';
import { createContext } from './context.ts';
import { fetchPage } from './page.ts';
import type { RequestTimes } from './request.ts';
import { usesTime } from './times.ts';
import { pollLimit, timingOf, wholeSeconds } from './windows.ts';

const DEFAULT_SAMPLE = 5;

function timesOf({ config, clock, startMs }: TestPollerInput, persistent: boolean): RequestTimes | undefined {
  if (!usesTime(config.request)) return undefined;
  const { windowMs, delayMs } = timingOf(config);
  const endMs = pollLimit(clock.now(), delayMs);
  const start = persistent && startMs !== undefined ? wholeSeconds(startMs) : endMs - windowMs;
  return { startMs: Math.min(start, endMs), endMs, sendEnd: !persistent };
}

/** Asks for the first page of the newest window, without retries. Never throws: failures are in the result. */
export async function testPoller(input: TestPollerInput): Promise<TestPollerResult> {
  const traces: PollTrace[] = [];
  const config = { ...input.config, request: { ...input.config.request, retryCount: 0 } };
  const base = () => {
    const last = traces.at(-1);
    return {
      method: config.request.httpMethod,
      url: last?.url ?? '',
      status: last?.status,
      durationMs: last?.durationMs ?? 0,
    };
  };
  try {
    const context = createContext({ ...input, config, onRequest: (trace) => traces.push(trace) });
    const times = timesOf(input, context.strategy.persistent);
    const { request } = context.strategy.first(config.paging);
    const page = await fetchPage(context, { page: request, ...(times ? { times } : {}) });
    return {
      ...base(),
      records: page.records.length,
      sample: page.records.slice(0, input.sampleSize ?? DEFAULT_SAMPLE),
    };
  } catch (error) {
    const failure = toSluiceError(error, { code: 'INTERNAL', hint: 'This is a defect; please report it.' });
    return { ...base(), records: 0, sample: [], error: failure };
  }
}
