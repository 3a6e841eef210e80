import type { Clock } from '../../core/clock.ts';
import type { RecordPage } from '../../core/collect.ts';
import type { Column, DataFlow, Definition, PollerConfig, TableSchema } from '../../definition/model.ts';

export const streamName = 'Custom-Acme';

export const streamColumns: readonly Column[] = [
  { name: 'id', type: 'long' },
  { name: 'created', type: 'datetime' },
  { name: 'actor', type: 'dynamic' },
  { name: 'message', type: 'string' },
];

/** What the identity of `streamColumns` needs to give rows a time. */
export const acmeKql = 'acme';
export const acmeTransform = {
  columns: [
    { name: 'TimeGenerated', type: 'datetime', sql: 'created' },
    { name: 'Id', type: 'long', sql: 'id' },
    { name: 'Actor', type: 'dynamic', sql: `nullIf(actor, '')` },
    { name: 'Message', type: 'string', sql: 'message' },
  ],
} as const;

export const acmeFlow: DataFlow = {
  ordinal: 0,
  streams: [streamName],
  transformKql: acmeKql,
  table: 'Acme_CL',
};

export interface DefinitionParts {
  readonly columns?: readonly Column[];
  readonly flows?: readonly DataFlow[];
  readonly tables?: readonly TableSchema[];
}

export function makeDefinition(parts: DefinitionParts = {}): Definition {
  const body = {
    streams: [{ name: streamName, columns: parts.columns ?? streamColumns }],
    dataFlows: parts.flows ?? [acmeFlow],
    tables: parts.tables ?? [],
  };
  return {
    id: 'Acme',
    hash: Buffer.from(JSON.stringify(body)).toString('base64').slice(0, 2000),
    ui: {
      title: 'Acme',
      publisher: 'Acme',
      descriptionMarkdown: '',
      isPreview: false,
      graphQueries: [],
      sampleQueries: [],
      dataTypes: [],
      connectivityCriteria: [],
      matchSomeCriterion: true,
      permissions: { resourceProvider: [], customs: [], licenses: [], tenant: [] },
      instructionSteps: [],
    },
    pollers: [],
    inputs: [],
    diagnostics: [],
    files: [],
    ...body,
  };
}

export function makePoller(parts: Partial<PollerConfig> = {}): PollerConfig {
  return {
    name: 'acme',
    auth: { type: 'None' },
    request: {
      apiEndpoint: 'http://127.0.0.1/',
      httpMethod: 'GET',
      queryWindowMinutes: 5,
      queryParameters: {},
      isPostPayloadJson: false,
      headers: {},
      retryCount: 3,
      timeoutSeconds: 20,
    },
    paging: { type: 'None', pagingQueryParamOnly: false },
    response: { eventsJsonPaths: ['$'], format: 'json', isGzipCompressed: false },
    streamName,
    addOnAttributes: {},
    isActive: true,
    eventTimePath: '$.created',
    ...parts,
  };
}

export const startMs = Date.UTC(2026, 10, 20, 12);

export function recordText(id: number, message = `event ${id}`): string {
  return JSON.stringify({
    id,
    created: new Date(startMs + id * 1000).toISOString(),
    actor: { name: `user${id % 7}` },
    message,
  });
}

export function page(texts: readonly string[], receivedAtMs = startMs + 3_600_000): RecordPage {
  return { records: texts.map((text) => Buffer.from(text)), receivedAtMs };
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

/** Real time for sleeping, shifted to a fixed start. */
export function shiftedClock(): Clock {
  const offset = startMs + 7_200_000 - Date.now();
  return {
    now: () => Date.now() + offset,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(resolve, ms);
        signal?.addEventListener('abort', () => {
          clearTimeout(timer);
          reject(signal.reason);
        });
      }),
  };
}

/** Deterministic numbers in [0, 1). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
