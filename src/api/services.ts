/** What the HTTP routes need; app.ts provides it. Routes hold no logic of their own beyond validation and mapping. */
import type { z } from 'zod';
import type { Diagnostic } from '../core/diagnostics.ts';
import type * as s from './schemas.ts';

type Out<T extends z.ZodType> = z.output<T>;

export interface Principal {
  readonly kind: 'session' | 'token';
  readonly name: string;
  readonly role: 'viewer' | 'editor' | 'admin';
  readonly csrf?: string;
}

export interface AuthService {
  /** Undefined when name or password is wrong; callers must not say which. */
  signIn(
    name: string,
    password: string,
  ): Promise<{ token: string; expiresAt: number; principal: Principal } | undefined>;
  session(token: string): Promise<Principal | undefined>;
  signOut(token: string): Promise<void>;
  bearer(token: string): Promise<Principal | undefined>;
  listTokens(): Promise<Out<typeof s.Token>[]>;
  createToken(input: Out<typeof s.TokenInput>): Promise<Out<typeof s.Token>>;
  revokeToken(id: string): Promise<void>;
  /** Generates a new password and ends the user's sessions. */
  resetPassword(name: string): Promise<Out<typeof s.NewPassword>>;
}

export interface DefinitionService {
  list(): Promise<Out<typeof s.DefinitionSummary>[]>;
  get(id: string): Promise<Out<typeof s.DefinitionDetail>>;
  logo(id: string): Promise<string | undefined>;
  import(files: Out<typeof s.ImportInput>['files'], dryRun: boolean): Promise<Out<typeof s.ImportResult>>;
  remove(id: string): Promise<void>;
  graph(id: string, from: Date, to: Date, binMinutes: number): Promise<Out<typeof s.Graph>>;
  status(id: string): Promise<Out<typeof s.DefinitionStatus>>;
  drift(id: string): Promise<Out<typeof s.SchemaDrift>>;
  deploy(input: Out<typeof s.DeployInput>): Promise<Out<typeof s.DeployResult>>;
}

export interface ConnectionService {
  list(): Promise<Out<typeof s.Connection>[]>;
  get(idOrName: string): Promise<Out<typeof s.Connection>>;
  create(input: Out<typeof s.ConnectionInput>): Promise<Out<typeof s.Connection>>;
  update(idOrName: string, patch: Out<typeof s.ConnectionPatch>): Promise<Out<typeof s.Connection>>;
  remove(idOrName: string): Promise<void>;
  test(input: Out<typeof s.ConnectionInput> | string): Promise<Out<typeof s.TestResult>>;
  pause(idOrName: string): Promise<Out<typeof s.Connection>>;
  resume(idOrName: string): Promise<Out<typeof s.Connection>>;
  /** Starts a run (or joins the one that runs) and returns it at once. */
  run(idOrName: string, untilCaughtUp: boolean): Promise<Out<typeof s.RunSummary>>;
  runs(idOrName: string, limit: number): Promise<Out<typeof s.RunSummary>[]>;
  getRun(id: string): Promise<Out<typeof s.RunDetail>>;
  /** Why a run failed, where to look and what to do. */
  explain(runId: string): Promise<Out<typeof s.Explanation>>;
}

/** Windows that kept failing and that collection has moved past. `who` goes on record. */
export interface WindowService {
  /** In the order of time; those that are done or skipped stay listed. */
  list(connectionIdOrName: string): Promise<Out<typeof s.ParkedWindow>[]>;
  /** Reads the window again and resolves when that has ended: `done`, or as before with the new error. */
  retry(id: string, who: string): Promise<Out<typeof s.ParkedWindow>>;
  /** Two halves stand in the window's place. */
  split(id: string, who: string): Promise<Out<typeof s.ParkedWindow>[]>;
  skip(id: string, who: string, note: string): Promise<Out<typeof s.ParkedWindow>>;
}

export interface QueryStream {
  readonly queryId: string;
  readonly columns: readonly Out<typeof s.KqlColumnDto>[];
  readonly diagnostics: readonly Diagnostic[];
  /** Blocks of rows with cells as in QueryResult; ends, or throws a SluiceError. `truncated` is set after the end. */
  readonly blocks: AsyncIterable<readonly (readonly unknown[])[]>;
  truncated(): boolean;
}

export interface QueryService {
  /** Throws SluiceError KQL_* (with diagnostics) when the text does not compile. */
  run(input: Out<typeof s.QueryInput>, signal: AbortSignal): Promise<QueryStream>;
  validate(query: string): Promise<Out<typeof s.ValidateResult>>;
  cancel(queryId: string): Promise<void>;
  schema(): Promise<Out<typeof s.Schema>>;
}

export interface OperationsService {
  health(): Promise<Out<typeof s.Health>>;
  /** Prometheus text format 0.0.4. */
  metrics(): Promise<string>;
  tables(): Promise<Out<typeof s.Table>[]>;
  /** @param binMinutes default: an hour */
  gaps(table: string, from: Date, to: Date, binMinutes?: number): Promise<Out<typeof s.TableGaps>>;
  setRetention(table: string, days: number): Promise<Out<typeof s.Table>>;
  /** Inserts what the tables lack, from the archive alone. Takes as long as the archive is large. */
  rebuild(): Promise<Out<typeof s.RebuildReport>>;
  settings(): Promise<Out<typeof s.Settings>>;
  updateSettings(patch: Out<typeof s.SettingsPatch>): Promise<Out<typeof s.Settings>>;
  events(limit: number): Promise<Out<typeof s.HealthEvent>[]>;
  /** Calls back on every change until the returned function is called. */
  subscribe(listener: (event: { type: 'connection' | 'run'; data: unknown }) => void): () => void;
}

export interface AppServices {
  readonly version: string;
  readonly auth: AuthService;
  readonly definitions: DefinitionService;
  readonly connections: ConnectionService;
  readonly windows: WindowService;
  readonly queries: QueryService;
  readonly operations: OperationsService;
}
