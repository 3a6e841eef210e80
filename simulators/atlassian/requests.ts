import type { ApiName } from './ledger.ts';

/** One answered request of the three APIs; credentials are never kept. */
export interface LoggedRequest {
  readonly at: number;
  readonly api: ApiName;
  readonly endpoint: string;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly status: number;
  readonly rows: number;
  readonly fault?: string;
}

export interface RequestLog {
  add(entry: LoggedRequest): void;
  /** The newest requests, oldest first. */
  recent(): readonly LoggedRequest[];
  /** Requests by API and status since the start or the last `clear`. */
  counts(): Readonly<Record<ApiName, Readonly<Record<string, number>>>>;
  clear(): void;
}

const kept = 5000;

export function createRequestLog(): RequestLog {
  let entries: LoggedRequest[] = [];
  let counts: Record<ApiName, Record<string, number>> = { jira: {}, confluence: {}, org: {} };
  return {
    add: (entry) => {
      entries.push(entry);
      if (entries.length > 2 * kept) entries = entries.slice(-kept);
      const ofApi = counts[entry.api];
      ofApi[entry.status] = (ofApi[entry.status] ?? 0) + 1;
    },
    recent: () => entries.slice(-kept),
    counts: () => structuredClone(counts),
    clear: () => {
      entries = [];
      counts = { jira: {}, confluence: {}, org: {} };
    },
  };
}
