import type { Service } from '../service.ts';
import { retentionMs } from './retention.ts';

export interface Selection {
  readonly startMs: number;
  readonly endMs: number;
  readonly search: string;
}

/** Text of every string property, for `searchString`. */
function strings(value: unknown): string {
  if (typeof value === 'string') return value.toLowerCase();
  if (typeof value !== 'object' || value === null) return '';
  return Object.values(value).map(strings).join('\n');
}

/** Display names follow the profile: a renamed author shows the new name on old records too. */
function current(json: string, renames: ReadonlyMap<string, string>): string {
  if (renames.size === 0) return json;
  const account = /"accountId":"([^"]+)"/.exec(json)?.[1];
  const name = account === undefined ? undefined : renames.get(account);
  return name === undefined
    ? json
    : json.replace(/"displayName":"(?:[^"\\]|\\.)*"/, () => `"displayName":${JSON.stringify(name)}`);
}

/**
 * Records of a window, newest first, both bounds included, after the first `skip` ones.
 * Lazy: rows that a page does not need are not read.
 */
export function* selectRecords(
  service: Service,
  selection: Selection,
  now: number,
  skip = 0,
): Generator<string> {
  const store = service.stores.confluence;
  const view = store.byTime;
  const oldest = now - retentionMs(service.settings().confluence);
  const low = view.lowerBound(Math.max(oldest, selection.startMs));
  const high =
    selection.endMs === Number.POSITIVE_INFINITY ? view.length : view.lowerBound(selection.endMs + 1);
  const renames = service.renames();
  const needle = selection.search.toLowerCase();
  let toSkip = skip;
  for (let position = needle === '' ? high - 1 - skip : high - 1; position >= low; position--) {
    const json = current(store.json(view.at(position)), renames);
    if (needle === '') yield json;
    else if (strings(JSON.parse(json)).includes(needle) && toSkip-- <= 0) yield json;
  }
}
