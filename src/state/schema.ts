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
  state: 'running' | 'succeeded' | 'failed' | 'cancelled';
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

export interface Database {
  definitions: DefinitionRow;
  connections: ConnectionRow;
  checkpoints: CheckpointRow;
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
}
