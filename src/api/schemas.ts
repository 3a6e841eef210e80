/**
 * Shapes of the HTTP API (base /api/v1). OpenAPI, validation and the web client's types come from here.
 * Times are ISO 8601 UTC text. Errors are RFC 9457 problem+json with `code`, `title`, `detail`, `hint?`, `requestId`, `errors?`.
 */
import { z } from 'zod';

export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  code: z.string(),
  detail: z.string(),
  hint: z.string().optional(),
  requestId: z.string(),
  errors: z.array(z.object({ pointer: z.string(), code: z.string(), message: z.string() })).optional(),
  diagnostics: z.array(z.lazy(() => DiagnosticDto)).optional(),
});

export const PlaceDto = z
  .object({
    file: z.string(),
    path: z.string(),
    start: z.number(),
    end: z.number(),
    line: z.number(),
    column: z.number(),
  })
  .partial();
export const DiagnosticDto = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning', 'info']),
  message: z.string(),
  hint: z.string().optional(),
  place: PlaceDto.optional(),
});

// POST /session {name,password} -> Session (sets cookie `sluice_session`; X-CSRF-Token must be sent on writes) · GET · DELETE
export const SessionInput = z.object({ name: z.string(), password: z.string() });
export const Session = z.object({
  user: z.object({ name: z.string(), role: z.enum(['viewer', 'editor', 'admin']) }),
  csrf: z.string(),
  version: z.string(),
});

// GET/POST /tokens, DELETE /tokens/:id   (the token text is returned once, by POST)
export const TokenInput = z.object({
  name: z.string().min(1),
  role: z.enum(['viewer', 'editor', 'admin']).default('viewer'),
  expiresInDays: z.number().int().positive().optional(),
});
export const Token = z.object({
  id: z.string(),
  name: z.string(),
  role: z.string(),
  createdAt: z.string(),
  lastUsedAt: z.string().nullable(),
  expiresAt: z.string().nullable(),
  token: z.string().optional(),
});

// POST /users/:name:reset-password -> NewPassword (shown once; the user's sessions end)
export const NewPassword = z.object({ name: z.string(), password: z.string() });

export const ConnectorStatus = z.enum(['connected', 'degraded', 'failing', 'paused', 'not-connected']);

// GET /definitions -> {items: DefinitionSummary[]}
export const DefinitionSummary = z.object({
  id: z.string(),
  title: z.string(),
  publisher: z.string(),
  isPreview: z.boolean(),
  origin: z.enum(['builtin', 'deployed']),
  hasLogo: z.boolean(),
  tables: z.array(z.string()),
  status: ConnectorStatus,
  connections: z.number(),
  lastDataAt: z.string().nullable(),
  /** 14 daily counts, oldest first; null when the graph query failed. */
  sparkline: z.array(z.number()).nullable(),
  diagnostics: z.object({ errors: z.number(), warnings: z.number() }),
});

export const InputFieldDto = z.object({
  name: z.string(),
  label: z.string(),
  kind: z.enum(['text', 'secret', 'number', 'email', 'url', 'select', 'multiselect', 'oauth']),
  secret: z.boolean(),
  masked: z.boolean(),
  required: z.boolean(),
  placeholder: z.string().optional(),
  description: z.string().optional(),
  defaultValue: z.string().optional(),
  options: z.array(z.object({ key: z.string(), text: z.string() })).optional(),
  declared: z.boolean(),
});

// GET /definitions/:id -> DefinitionDetail · DELETE (deployed only, no connections) · GET /definitions/:id/logo (image/svg+xml)
export const DefinitionDetail = DefinitionSummary.omit({ diagnostics: true }).extend({
  descriptionMarkdown: z.string(),
  /** instruction tree as in definition/model.ts InstructionStep (type, parameters, steps). */
  instructionSteps: z.array(z.any()),
  inputs: z.array(InputFieldDto),
  permissions: z.object({
    resourceProvider: z.array(
      z.object({
        provider: z.string(),
        providerDisplayName: z.string(),
        permissionsDisplayText: z.string(),
        scope: z.string(),
      }),
    ),
    customs: z.array(z.object({ name: z.string(), description: z.string() })),
    licenses: z.array(z.string()),
    tenant: z.array(z.string()),
  }),
  sampleQueries: z.array(z.object({ description: z.string(), query: z.string() })),
  graphQueries: z.array(z.object({ metricName: z.string(), legend: z.string(), baseQuery: z.string() })),
  dataTypes: z.array(z.object({ name: z.string(), lastDataReceivedQuery: z.string() })),
  files: z.array(z.object({ file: z.string(), text: z.string() })),
  diagnostics: z.array(DiagnosticDto),
});

// POST /definitions:import?dryRun=  {files:[{file,text}]} -> ImportResult      (deploy without connections)
export const ImportInput = z.object({
  files: z.array(z.object({ file: z.string(), text: z.string() })).min(1),
});
export const ImportResult = z.object({
  id: z.string(),
  title: z.string(),
  change: z.enum(['created', 'updated', 'unchanged']),
  tables: z.array(z.string()),
  inputs: z.array(InputFieldDto),
  diagnostics: z.array(DiagnosticDto),
});

// GET /definitions/:id/graph?from=&to=&bin= (minutes) -> Graph
export const Graph = z.object({
  from: z.string(),
  to: z.string(),
  binMinutes: z.number(),
  series: z.array(
    z.object({
      metricName: z.string(),
      legend: z.string(),
      points: z.array(z.object({ at: z.string(), value: z.number() })),
      error: z.string().optional(),
    }),
  ),
});
// GET /definitions/:id/status
export const DefinitionStatus = z.object({
  status: ConnectorStatus,
  dataTypes: z.array(
    z.object({ name: z.string(), lastDataAt: z.string().nullable(), error: z.string().optional() }),
  ),
  connections: z.number(),
});

export const RunSummary = z.object({
  id: z.string(),
  connectionId: z.string(),
  /** `throttled`: the service held it back; what it delivered stays, and the next run goes on. */
  state: z.enum(['running', 'succeeded', 'failed', 'cancelled', 'throttled']),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  requests: z.number(),
  pages: z.number(),
  received: z.number(),
  new: z.number(),
  duplicates: z.number(),
  windows: z.number(),
  guarantee: z.enum(['exact', 'at-least-once']),
  error: z.object({ code: z.string(), message: z.string(), hint: z.string().optional() }).nullable(),
});

// GET/POST /connections · GET/PATCH/DELETE /connections/:idOrName
export const ConnectionOptions = z
  .object({
    /** PEM file with extra certificate authorities. */
    caFile: z.string(),
    /** host=address overrides, as `curl --resolve`: address may carry a port. */
    resolve: z.record(z.string(), z.string()),
    proxy: z.string(),
    delayMinutes: z.number().min(0),
    overlapMinutes: z.number().min(0),
    queryWindowMinutes: z.number().min(1),
    /** Poll interval in seconds for demos and tests; default: the definition's window. */
    pollSeconds: z.number().min(1),
    /** Freshness objective: an alert is raised when no new record arrived for so long. Default: none. */
    expectDataEveryMinutes: z.number().min(1),
    /** Traces keep the start of every answer, not of failed ones alone; secrets are masked. */
    traceBodies: z.boolean(),
  })
  .partial();
export const ConnectionInput = z.object({
  definitionId: z.string(),
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/),
  /** Values for the definition's inputs; secrets too (write only). */
  parameters: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  /** First window: ISO time, or a length such as `30d`, `12h`. */
  start: z.string().optional(),
  options: ConnectionOptions.optional(),
});
export const ConnectionPatch = z
  .object({
    parameters: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
    options: ConnectionOptions,
    name: ConnectionInput.shape.name,
  })
  .partial();
export const ConnectionState = z.enum([
  'ok',
  'running',
  'catching-up',
  'throttled',
  'degraded',
  'failing',
  'paused',
  'new',
]);
export const Connection = z.object({
  id: z.string(),
  name: z.string(),
  definitionId: z.string(),
  definitionTitle: z.string(),
  state: ConnectionState,
  /** One sentence on why the state is what it is. */
  stateReason: z.string(),
  /** Non-secret values as text; secrets as {set,last4,updatedAt}. */
  parameters: z.record(
    z.string(),
    z.union([
      z.string(),
      z.array(z.string()),
      z.object({ set: z.boolean(), last4: z.string(), updatedAt: z.string() }),
    ]),
  ),
  options: ConnectionOptions,
  createdAt: z.string(),
  /** Per poller. `collectedUntil` = end of the last delivered window; `behindSeconds` = how far from now. */
  pollers: z.array(
    z.object({
      name: z.string(),
      collectedUntil: z.string().nullable(),
      hasCursor: z.boolean(),
      behindSeconds: z.number().nullable(),
      tables: z.array(z.string()),
    }),
  ),
  /** What the service and the limits of the connection allow now; absent while nothing was asked yet. Null = not limited. */
  rate: z
    .object({
      allowedPerMinute: z.number().nullable(),
      waitingUntil: z.string().nullable(),
      /** own-limit, slowed, budget, retry-after, reset or back-off. */
      reason: z.string().nullable(),
    })
    .optional(),
  lastRun: RunSummary.nullable(),
  lastDataAt: z.string().nullable(),
  nextRunAt: z.string().nullable(),
  pendingInserts: z.number(),
  /** The connection resource with masked auth, for DataConnectorsGrid paths (`properties.request.apiEndpoint`). One per poller. */
  resources: z.array(z.any()),
});

// POST /connections:test {ConnectionInput} and POST /connections/:id:test -> TestResult
export const TestResult = z.object({
  ok: z.boolean(),
  requests: z.array(
    z.object({
      poller: z.string(),
      method: z.string(),
      url: z.string(),
      status: z.number().nullable(),
      durationMs: z.number(),
      records: z.number(),
      sample: z.array(z.string()),
      error: z.object({ code: z.string(), message: z.string(), hint: z.string().optional() }).nullable(),
    }),
  ),
});
// POST /connections/:id:pause | :resume -> Connection ; POST /connections/:id:run {untilCaughtUp?: boolean} -> RunSummary (202)
export const RunInput = z.object({ untilCaughtUp: z.boolean().default(false) }).partial();
// GET /connections/:id/runs?limit= -> {items: RunSummary[]} ; GET /runs/:id -> RunDetail
export const RequestTrace = z.object({
  ordinal: z.number(),
  method: z.string(),
  url: z.string(),
  status: z.number().nullable(),
  startedAt: z.string(),
  durationMs: z.number(),
  bytes: z.number(),
  records: z.number(),
  error: z.string().nullable(),
  /** Null in runs of older versions. */
  poller: z.string().nullable(),
  /** 1 for the first try of a request. */
  attempt: z.number(),
  /** Names in lower case, credentials and secrets masked. */
  requestHeaders: z.record(z.string(), z.string()),
  responseHeaders: z.record(z.string(), z.string()),
  /** Null where not known per request. */
  new: z.number().nullable(),
  duplicates: z.number().nullable(),
  /** `CODE: message`: the answer was taken, but something about it looks wrong. */
  warning: z.string().nullable(),
  /** First 4 KB of the body, secrets masked: of failed answers, of all with the option `traceBodies`. */
  excerpt: z.string().nullable(),
});
export const RunDetail = RunSummary.extend({ requestTraces: z.array(RequestTrace) });
// GET /runs/:id/explanation -> Explanation
export const Explanation = z.object({
  runId: z.string(),
  /** Error code, or the code of a warning; null when there is nothing to explain. */
  code: z.string().nullable(),
  /** One sentence each. */
  what: z.string(),
  request: z.object({ method: z.string(), url: z.string(), status: z.number().nullable() }).nullable(),
  /** Where in the definition's files; a path that does not exist yet is where the missing property belongs. */
  place: z.object({ file: z.string(), path: z.string() }).nullable(),
  cause: z.string(),
  fix: z.string(),
  confidence: z.enum(['high', 'medium', 'low']),
});

// GET /connections/:idOrName/windows -> {items: ParkedWindow[]} ; POST /windows/:id:retry | :skip {note} -> ParkedWindow ;
// POST /windows/:id:split -> {items: ParkedWindow[]}
export const ParkedWindow = z.object({
  id: z.string(),
  connectionId: z.string(),
  poller: z.string(),
  /** [start, end) */
  start: z.string(),
  end: z.string(),
  state: z.enum(['parked', 'retrying', 'done', 'skipped']),
  failures: z.number(),
  /** Of the last failure. */
  error: z.object({ code: z.string(), message: z.string(), hint: z.string().optional() }),
  parkedAt: z.string(),
  decidedBy: z.string().nullable(),
  decidedAt: z.string().nullable(),
  note: z.string().nullable(),
});
export const WindowSkipInput = z.object({
  /** Why; it stays on record. */
  note: z.string().trim().min(1).max(1000),
});

// POST /query -> application/x-ndjson: {meta} {rows} … {stats} then {done}|{error}; `?format=json` -> QueryResult at once
export const QueryInput = z.object({
  query: z.string().min(1),
  from: z.string().optional(),
  to: z.string().optional(),
  maxRows: z.number().int().positive().max(500_000).default(10_000),
  timeoutSeconds: z.number().int().positive().max(600).default(60),
  queryId: z
    .string()
    .regex(/^[A-Za-z0-9-]{8,64}$/)
    .optional(),
});
export const KqlColumnDto = z.object({ name: z.string(), type: z.string() });
/** Cells: string, number, boolean or null; long as decimal text when beyond 2^53; datetime ISO with up to 7 decimals and Z; timespan `d.hh:mm:ss.fffffff`; dynamic as JSON value. */
export const QueryResult = z.object({
  queryId: z.string(),
  columns: z.array(KqlColumnDto),
  rows: z.array(z.array(z.any())),
  truncated: z.boolean(),
  elapsedMs: z.number(),
  diagnostics: z.array(DiagnosticDto),
});
export const QueryMessage = z.union([
  z.object({
    type: z.literal('meta'),
    queryId: z.string(),
    columns: z.array(KqlColumnDto),
    diagnostics: z.array(DiagnosticDto),
  }),
  z.object({ type: z.literal('rows'), rows: z.array(z.array(z.any())) }),
  z.object({ type: z.literal('done'), rows: z.number(), truncated: z.boolean(), elapsedMs: z.number() }),
  z.object({ type: z.literal('error'), problem: Problem }),
]);
// POST /query/validate {query} -> {diagnostics} ; DELETE /query/:queryId -> 204
export const ValidateResult = z.object({
  diagnostics: z.array(DiagnosticDto),
  columns: z.array(KqlColumnDto).nullable(),
});
// GET /schema -> Schema
export const Schema = z.object({
  tables: z.array(z.object({ name: z.string(), columns: z.array(KqlColumnDto) })),
  functions: z.array(z.string()),
  aggregates: z.array(z.string()),
  operators: z.array(z.string()),
});

// GET /tables -> {items: Table[]} ; PATCH /tables/:name {retentionDays}
export const Table = z.object({
  name: z.string(),
  columns: z.array(KqlColumnDto),
  rows: z.number(),
  bytes: z.number(),
  retentionDays: z.number(),
  oldest: z.string().nullable(),
  newest: z.string().nullable(),
});
// GET /tables/:name/gaps?from=&to=&bin= (minutes) -> TableGaps
const Interval = z.object({ from: z.string(), to: z.string() });
export const TableGaps = z.object({
  table: z.string(),
  from: z.string(),
  to: z.string(),
  /** Longer than asked for where more than 1000 bins would come out. */
  binMinutes: z.number(),
  /** Inserts into the table that wait: their rows are not counted yet. */
  pendingInserts: z.number(),
  bins: z.array(
    z.object({
      at: z.string(),
      rows: z.number(),
      /** `collected-empty`: every poller read all of the bin, and nothing was there. */
      state: z.enum(['collected', 'collected-empty', 'partly-collected', 'not-collected', 'unknown']),
    }),
  ),
  /** What each poller of the table has read; `parked` = windows that kept failing and were passed. */
  pollers: z.array(
    z.object({
      connection: z.string(),
      poller: z.string(),
      collected: z.array(Interval),
      parked: z.array(Interval),
    }),
  ),
  /** connection/poller that goes by a cursor: nothing is known per time. */
  withoutWindows: z.array(z.string()),
});
// GET /definitions/:id/drift -> SchemaDrift   (a sample of the newest archived records)
export const SchemaDrift = z.object({
  id: z.string(),
  streams: z.array(
    z.object({
      stream: z.string(),
      /** Records and segments that were looked at. */
      records: z.number(),
      segments: z.number(),
      newest: z.string().nullable(),
      /** Fields with a value that the stream does not declare; they reach the archive, not the table. */
      undeclared: z.array(z.object({ field: z.string(), seen: z.number(), types: z.array(z.string()) })),
      /** Declared columns without a value in any record of the sample. */
      alwaysNull: z.array(z.object({ column: z.string(), type: z.string() })),
    }),
  ),
});
// POST /tables:rebuild -> RebuildReport   (from the archive alone; rows that are there stay)
export const RebuildReport = z.object({
  segments: z.number(),
  rows: z.number(),
  rejected: z.number(),
  problems: z.array(
    z.object({ segmentId: z.string(), flow: z.number(), code: z.string(), message: z.string() }),
  ),
});
export const TablePatch = z.object({ retentionDays: z.number().int().min(1).max(3650) });

// GET /events/stream (server-sent events: `connection`, `run`) ; GET /events?limit= -> {items: HealthEvent[]}
export const HealthEvent = z.object({
  id: z.number(),
  at: z.string(),
  kind: z.string(),
  severity: z.enum(['info', 'warning', 'error']),
  connectionId: z.string().nullable(),
  message: z.string(),
  data: z.any(),
});

// GET /health -> Health (also without sign-in: {status} only) ; GET/PATCH /settings
export const Health = z.object({
  status: z.enum(['ok', 'degraded', 'failing']),
  version: z.string(),
  uptimeSeconds: z.number(),
  engine: z.object({
    state: z.string(),
    pid: z.number().optional(),
    restarts: z.number(),
    version: z.string().optional(),
    lastError: z.string().optional(),
  }),
  disk: z.object({
    freeBytes: z.number(),
    totalBytes: z.number(),
    watermarkBytes: z.number(),
    collectionPaused: z.boolean(),
  }),
  connections: z.object({ ok: z.number(), failing: z.number(), paused: z.number(), running: z.number() }),
  outbox: z.object({ pending: z.number(), failed: z.number() }),
  /** Standing freshness alerts; `connection` is the name. They end by themselves. */
  alerts: z.array(
    z.object({
      connection: z.string(),
      kind: z.enum(['poll', 'data']),
      since: z.string(),
      message: z.string(),
    }),
  ),
  dataFolder: z.string(),
});
export const Settings = z.object({
  retentionDays: z.number().int().min(1).max(3650),
  webhookUrl: z.string().nullable(),
  diskWatermarkBytes: z.number().int().min(0),
});
export const SettingsPatch = Settings.partial();

// POST /deploy {files, parameters, connectionName?, start?, options?, whatIf?} -> DeployResult    (`sluice deploy`)
export const DeployInput = ImportInput.extend({
  parameters: z.record(z.string(), z.union([z.string(), z.array(z.string())])).default({}),
  connectionName: ConnectionInput.shape.name.optional(),
  start: z.string().optional(),
  options: ConnectionOptions.optional(),
  whatIf: z.boolean().default(false),
});
export const DeployResult = z.object({
  definition: ImportResult,
  /** Null when no parameters were given: the definition is installed, nothing is connected. */
  connection: z
    .object({ id: z.string(), name: z.string(), change: z.enum(['created', 'updated', 'unchanged']) })
    .nullable(),
  resources: z.array(
    z.object({
      kind: z.enum(['definition', 'table', 'connection']),
      name: z.string(),
      change: z.enum(['created', 'updated', 'unchanged']),
    }),
  ),
});
