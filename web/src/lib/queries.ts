/** Query options of every read: one place for keys and paths. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call, segment } from './api.ts';
import type * as t from './api-types.ts';

interface Items<T> {
  readonly items: T[];
}

const list = <T>(path: string, signal: AbortSignal) =>
  call<Items<T>>('GET', path, { signal }).then((answer) => answer.items);

export const definitionsQuery = queryOptions({
  queryKey: ['definitions'],
  queryFn: ({ signal }) => list<t.DefinitionSummary>('/definitions', signal),
});
export const definitionQuery = (id: string) =>
  queryOptions({
    queryKey: ['definition', id],
    queryFn: ({ signal }) => call<t.DefinitionDetail>('GET', `/definitions/${segment(id)}`, { signal }),
  });
export const definitionStatusQuery = (id: string) =>
  queryOptions({
    queryKey: ['definition', id, 'status'],
    queryFn: ({ signal }) =>
      call<t.DefinitionStatus>('GET', `/definitions/${segment(id)}/status`, { signal }),
  });
export interface GraphRange {
  readonly from: string;
  readonly to: string;
  readonly binMinutes: number;
}
export const graphQuery = (id: string, range: GraphRange) =>
  queryOptions({
    queryKey: ['definition', id, 'graph', range],
    queryFn: ({ signal }) => {
      const search = new URLSearchParams({ from: range.from, to: range.to, bin: String(range.binMinutes) });
      return call<t.Graph>('GET', `/definitions/${segment(id)}/graph?${search}`, { signal });
    },
    placeholderData: keepPreviousData,
  });
export const connectionsQuery = queryOptions({
  queryKey: ['connections'],
  queryFn: ({ signal }) => list<t.Connection>('/connections', signal),
});
export const connectionQuery = (id: string) =>
  queryOptions({
    queryKey: ['connection', id],
    queryFn: ({ signal }) => call<t.Connection>('GET', `/connections/${segment(id)}`, { signal }),
  });
export const runsQuery = (id: string, limit: number) =>
  queryOptions({
    queryKey: ['connection', id, 'runs', limit],
    queryFn: ({ signal }) => list<t.RunSummary>(`/connections/${segment(id)}/runs?limit=${limit}`, signal),
  });
export const runQuery = (id: string) =>
  queryOptions({
    queryKey: ['run', id],
    queryFn: ({ signal }) => call<t.RunDetail>('GET', `/runs/${segment(id)}`, { signal }),
  });
export const explanationQuery = (runId: string) =>
  queryOptions({
    queryKey: ['run', runId, 'explanation'],
    queryFn: ({ signal }) => call<t.Explanation>('GET', `/runs/${segment(runId)}/explanation`, { signal }),
  });
export const schemaQuery = queryOptions({
  queryKey: ['schema'],
  queryFn: ({ signal }) => call<t.QuerySchema>('GET', '/schema', { signal }),
});
export const tablesQuery = queryOptions({
  queryKey: ['tables'],
  queryFn: ({ signal }) => list<t.Table>('/tables', signal),
});
export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: ({ signal }) => call<t.Health>('GET', '/health', { signal }),
});
export const eventsQuery = queryOptions({
  queryKey: ['events'],
  queryFn: ({ signal }) => list<t.HealthEvent>('/events?limit=50', signal),
});
export const settingsQuery = queryOptions({
  queryKey: ['settings'],
  queryFn: ({ signal }) => call<t.Settings>('GET', '/settings', { signal }),
});
export const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: ({ signal }) => list<t.Token>('/tokens', signal),
});
