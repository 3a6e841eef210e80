import { expect, test } from 'vitest';
import type { DefinitionSummary } from '../../lib/api-types.ts';
import { filterConnectors, parseFilter } from './gallery-filter.ts';

const item = (title: string, more: Partial<DefinitionSummary> = {}): DefinitionSummary => ({
  id: title,
  title,
  publisher: 'Acme',
  isPreview: false,
  origin: 'builtin',
  hasLogo: false,
  tables: [],
  status: 'not-connected',
  connections: 0,
  lastDataAt: null,
  sparkline: null,
  diagnostics: { errors: 0, warnings: 0 },
  ...more,
});
const items = [
  item('Wiki', { status: 'failing', tables: ['WikiAudit_CL'] }),
  item(' Board'),
  item('Tracker', { status: 'connected', lastDataAt: '2026-11-20T00:00:00Z' }),
];
const titles = (search: Parameters<typeof parseFilter>[0]) =>
  filterConnectors(items, parseFilter(search)).map((found) => found.title.trim());

test('text, status and order from the address', () => {
  expect(titles({})).toEqual(['Board', 'Tracker', 'Wiki']);
  expect(titles({ q: 'acme audit_cl' })).toEqual(['Wiki']);
  expect(titles({ status: 'failing,connected,nonsense' })).toEqual(['Tracker', 'Wiki']);
  expect(titles({ sort: 'last-data' })).toEqual(['Tracker', 'Board', 'Wiki']);
  expect(titles({ q: 'zzzz' })).toEqual([]);
});
