/** How a poller's requests carry time. */
import type { RequestConfig } from '../definition/model.ts';

const VARIABLE = /\{_QueryWindow(?:Start|End)Time\}/;

function mentionsWindow(request: RequestConfig): boolean {
  const texts = [
    request.queryParametersTemplate ?? '',
    ...Object.values(request.queryParameters).map(String),
    ...Object.values(request.headers),
  ];
  return texts.some((text) => VARIABLE.test(text));
}

/** True when the request depends on a window; without, the endpoint is simply called once per interval (spec CCF §3.3.1). */
export function usesTime(request: RequestConfig): boolean {
  const {
    startTimeAttributeName: start,
    endTimeAttributeName: end,
    queryTimeIntervalAttributeName: interval,
  } = request;
  return Boolean(start) || Boolean(end) || Boolean(interval) || mentionsWindow(request);
}

/** True when requests have an upper bound, so that a window can be split. */
export function isBounded(request: RequestConfig): boolean {
  if (request.endTimeAttributeName || request.queryTimeIntervalAttributeName) return true;
  const texts = [
    request.queryParametersTemplate ?? '',
    ...Object.values(request.queryParameters).map(String),
  ];
  return texts.some((text) => text.includes('{_QueryWindowEndTime}'));
}
