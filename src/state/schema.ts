/**
 * Control state as Kysely sees it. Portable SQL only (SQLite and PostgreSQL): integers, text, blobs; times are UTC
 * milliseconds; JSON is text; booleans are 0/1. Tables are created by state/migrations/.
 */
import type { Generated } from 'kysely';

export interface DefinitionRow {
  id: string;
  hash: string;
  title: string;
  origin: 'builtin' | 'deployed';
  files_json: string;
  created_at: number;
  updated_at: number;
}

export interface ConnectionRow {
  id: string;
  /** Unique, shown to people: letters, digits, `-`, `_`, `.`. */
  name: string;
  definition_id: string;
  /** Non-secret parameters. Secrets are in `secrets` under `connection/<id>/<parameter>`. */
  parameters_json: string;
  status: 'active' | 'paused';
  /** Where a first window starts; null = one window back. */
  start_at: number | null;
  /** Overrides: {caFile?, resolve?, proxy?, delayMinutes?, overlapMinutes?, queryWindowMinutes?, expectDataEveryMinutes?}. */
  options_json: string;
  created_at: number;
  updated_at: number;
}

/** Per connection and poller. */
export interface CheckpointRow {
  connection_id: string;
  poller: string;
  window_end: number | null;
  cursor: string | null;
  last_event_at: number | null;
  open_window_json: string | null;
  updated_at: number;
}

/** Failures in a row of the window that a poller has open; at most one row per poller. */
export interface WindowFailureRow {
  connection_id: string;
  poller: string;
  start_at: number;
  end_at: number;
  failures: number;
  first_failed_at: number;
}

/** A window that kept failing and that collection has moved past: [start_at, end_at), read by requests from `request_start_at` on. */
export interface ParkedWindowRow {
  id: string;
  connection_id: string;
  poller: string;
  start_at: number;
  end_at: number;
  /** `start_at` less the overlap of the read that failed. */
  request_start_at: number;
  failures: number;
  error_code: string;
  /** {message, hint?}, redacted: of the last failure. */
  error_json: string;
  parked_at: number;
  state: 'parked' | 'retrying' | 'done' | 'skipped';
  decided_by: string | null;
  decided_at: number | null;
  note: string | null;
}

/** AES-256-GCM; nonce and tag beside the text. */
export interface SecretRow {
  name: string;
  cipher: Uint8Array;
  nonce: Uint8Array;
  tag: Uint8Array;
  updated_at: number;
}

/** Source identity: hash of definition id, endpoint, non-secret parameters and poller. Scope of the ledger, outlives connections. */
export interface SourceRow {
  id: Generated<number>;
  identity: string;
  connection_id: string;
  poller: string;
  created_at: number;
}

export interface LedgerRow {
  source_id: number;
  key: Uint8Array;
  count: number;
  seen_at: number;
}

/** One row per object that is being, or has been, written. */
export interface SegmentRow {
  id: string;
  source_id: number;
  connection_id: string;
  poller: string;
  path: string;
  state: 'intent' | 'committed';
  records: number;
  bytes: number;
  definition_id: string;
  stream: string;
  first_event_at: number | null;
  last_event_at: number | null;
  in_manifest: number;
  run_id: string;
  created_at: number;
}

/** One (segment, dataFlow) still to be inserted, recovered or delivered. `flow` -1 is the rejects of the segment. */
export interface OutboxRow {
  segment_id: string;
  flow: number;
  table_name: string;
  transform_id: string;
  token: string;
  attempt: number;
  state: 'pending' | 'inserting' | 'unconfirmed' | 'delivered' | 'failed';
  rows: number | null;
  rejected: number | null;
  null_times: number | null;
  error: string | null;
  updated_at: number;
}

/** Compiled SQL, kept so that the parser process need not start: transforms (pinned by hash) and stored queries. */
export interface CompiledRow {
  id: string;
  kind: 'transform' | 'query';
  kql: string;
  sql: string;
  columns_json: string;
  created_at: number;
}

export interface RunRow {
  id: string;
  connection_id: string;
  state: 'running' | 'succeeded' | 'failed' | 'cancelled' | 'throttled';
  started_at: number;
  finished_at: number | null;
  requests: number;
  pages: number;
  received: number;
  new_records: number;
  duplicates: number;
  guarantee: 'exact' | 'at-least-once';
  error_code: string | null;
  error_json: string | null;
  windows: number;
}

export interface RequestRow {
  run_id: string;
  ordinal: number;
  method: string;
  url: string;
  status: number | null;
  started_at: number;
  duration_ms: number;
  bytes: number;
  records: number;
  error: string | null;
  /** Null, as all that follows, in rows of older versions. */
  poller: string | null;
  attempt: number | null;
  /** Masked. */
  request_headers_json: string | null;
  response_headers_json: string | null;
  /** Null where not known per request. */
  new_records: number | null;
  duplicates: number | null;
  warning: string | null;
  /** Start of the body, redacted; taken away again when the connection's budget is used. */
  excerpt: string | null;
  excerpt_bytes: number | null;
}

export interface TableRow {
  name: string;
  columns_json: string;
  retention_days: number;
  created_at: number;
}
export interface UserRow {
  id: string;
  name: string;
  password_hash: string;
  role: 'viewer' | 'editor' | 'admin';
  created_at: number;
}
export interface SessionRow {
  token_hash: string;
  user_id: string;
  csrf: string;
  created_at: number;
  expires_at: number;
}
export interface TokenRow {
  id: string;
  name: string;
  token_hash: string;
  role: 'viewer' | 'editor' | 'admin';
  created_at: number;
  last_used_at: number | null;
  expires_at: number | null;
}
export interface SettingRow {
  key: string;
  value_json: string;
  updated_at: number;
}
/** Health and audit events, newest last. */
export interface EventRow {
  id: Generated<number>;
  at: number;
  kind: string;
  severity: 'info' | 'warning' | 'error';
  connection_id: string | null;
  message: string;
  data_json: string;
}

/** A row of a health table on its way to the engine; deleted when it is proved to be there. */
export interface HealthRowRow {
  /** The row's RecordId. */
  id: string;
  table_name: string;
  at: number;
  /** `held`: an audited change whose outcome is not known yet. */
  state: 'held' | 'pending';
  /** Id of the last statement that tried to insert it. */
  batch: string | null;
  columns_json: string;
}
/** What was last said of a connection's fetching, and the failures that the next summary lists. */
export interface HealthStateRow {
  connection_id: string;
  status: 'unknown' | 'success' | 'failure';
  reason: string;
  since: number;
  last_emitted: number | null;
  throttled_since: number | null;
  failures_json: string;
  failures_from: number | null;
  subject_json: string;
}
/** A standing freshness alert. */
export interface HealthAlertRow {
  connection_id: string;
  kind: 'poll' | 'data';
  since: number;
  message: string;
  last_emitted: number;
  subject_json: string;
}

export interface Database {
  definitions: DefinitionRow;
  connections: ConnectionRow;
  checkpoints: CheckpointRow;
  window_failures: WindowFailureRow;
  parked_windows: ParkedWindowRow;
  secrets: SecretRow;
  sources: SourceRow;
  ledger: LedgerRow;
  segments: SegmentRow;
  outbox: OutboxRow;
  compiled: CompiledRow;
  runs: RunRow;
  requests: RequestRow;
  tables: TableRow;
  users: UserRow;
  sessions: SessionRow;
  tokens: TokenRow;
  settings: SettingRow;
  events: EventRow;
  health_rows: HealthRowRow;
  health_states: HealthStateRow;
  health_alerts: HealthAlertRow;
}
