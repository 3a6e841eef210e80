/** Which connectors the gallery shows, from the text and status of the address. */
import type { ConnectorStatus, DefinitionSummary } from '../../lib/api-types.ts';

export interface GalleryFilter {
  readonly q: string;
  readonly status: readonly ConnectorStatus[];
  readonly sort: 'name' | 'status' | 'last-data';
}

export const statusOrder: readonly ConnectorStatus[] = [
  'failing',
  'degraded',
  'connected',
  'paused',
  'not-connected',
];

/** Reads `status=failing,paused`; unknown words are dropped. */
export function parseFilter(search: { q?: string; status?: string; sort?: string }): GalleryFilter {
  const wanted = new Set((search.status ?? '').split(','));
  const sort = search.sort === 'status' || search.sort === 'last-data' ? search.sort : 'name';
  return { q: search.q ?? '', status: statusOrder.filter((status) => wanted.has(status)), sort };
}

const haystack = (item: DefinitionSummary) =>
  [item.title, item.publisher, item.id, ...item.tables].join('\n').toLowerCase();

const orders: Record<GalleryFilter['sort'], (a: DefinitionSummary, b: DefinitionSummary) => number> = {
  name: (a, b) => a.title.trim().localeCompare(b.title.trim(), 'en'),
  status: (a, b) => statusOrder.indexOf(a.status) - statusOrder.indexOf(b.status),
  'last-data': (a, b) => (b.lastDataAt ?? '').localeCompare(a.lastDataAt ?? ''),
};

/** Every word of the text must occur in title, publisher, id or a table's name. */
export function filterConnectors(
  items: readonly DefinitionSummary[],
  filter: GalleryFilter,
): DefinitionSummary[] {
  const words = filter.q.toLowerCase().split(/\s+/).filter(Boolean);
  return items
    .filter((item) => filter.status.length === 0 || filter.status.includes(item.status))
    .filter((item) => words.every((word) => haystack(item).includes(word)))
    .sort((a, b) => orders[filter.sort](a, b) || orders.name(a, b));
}
