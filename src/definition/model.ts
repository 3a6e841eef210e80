/**
 * A Definition is what a connector package says, normalised: vendor spellings stay in `raw`, our names everywhere else.
 * Immutable (deep-frozen) once loaded. Source: spec CCF §1–§3, §7.
 */
import type { Diagnostic } from '../core/diagnostics.ts';

export type ColumnType =
  | 'string'
  | 'int'
  | 'long'
  | 'real'
  | 'boolean'
  | 'datetime'
  | 'dynamic'
  | 'guid'
  | 'timespan'
  | 'decimal';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

/** A destination table as declared by the package, or inferred from the transform when `declared` is false. */
export interface TableSchema {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly declared: boolean;
  readonly retentionDays?: number;
}

/** A DCR stream; `name` keeps its `Custom-` prefix. */
export interface StreamDeclaration {
  readonly name: string;
  readonly columns: readonly Column[];
}

export interface DataFlow {
  /** Position in the DCR; part of `_ItemId`. */
  readonly ordinal: number;
  readonly streams: readonly string[];
  /** KQL; `source` when the DCR gives none. Line ends normalised to \n. */
  readonly transformKql: string;
  /** Table name without `Custom-`/`Microsoft-`. */
  readonly table: string;
}

export interface GraphQuery {
  readonly metricName: string;
  readonly legend: string;
  readonly baseQuery: string;
}
export interface SampleQuery {
  readonly description: string;
  readonly query: string;
}
export interface DataType {
  readonly name: string;
  readonly lastDataReceivedQuery: string;
}
export interface ConnectivityCriterion {
  readonly type: string;
  readonly value: readonly string[];
}

/** `connectorUiConfig` with `{{graphQueriesTableName}}` already substituted. */
export interface ConnectorUi {
  readonly title: string;
  readonly publisher: string;
  readonly descriptionMarkdown: string;
  readonly logo?: string;
  readonly isPreview: boolean;
  readonly graphQueries: readonly GraphQuery[];
  readonly sampleQueries: readonly SampleQuery[];
  readonly dataTypes: readonly DataType[];
  readonly connectivityCriteria: readonly ConnectivityCriterion[];
  readonly matchSomeCriterion: boolean;
  readonly permissions: {
    readonly resourceProvider: readonly {
      readonly provider: string;
      readonly providerDisplayName: string;
      readonly permissionsDisplayText: string;
      readonly scope: string;
    }[];
    readonly customs: readonly { readonly name: string; readonly description: string }[];
    readonly licenses: readonly string[];
    readonly tenant: readonly string[];
  };
  readonly instructionSteps: readonly InstructionStep[];
}

export interface InstructionStep {
  readonly title?: string;
  readonly description?: string;
  readonly instructions: readonly Instruction[];
  readonly innerSteps: readonly InstructionStep[];
}

/** `type` keeps the vendor's spelling (`Textbox`, `ContextPane`, …); `parameters` are as published, names normalised to camelCase. */
export interface Instruction {
  readonly type: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Nested steps of ContextPane / InstructionStepsGroup / Radio options. */
  readonly steps: readonly InstructionStep[];
}

/** One value that the user gives when connecting. */
export interface InputField {
  readonly name: string;
  readonly label: string;
  readonly kind: 'text' | 'secret' | 'number' | 'email' | 'url' | 'select' | 'multiselect' | 'oauth';
  /** Stored in the secret store. True for password and securestring. */
  readonly secret: boolean;
  /** Shown as dots while typing (password only). */
  readonly masked: boolean;
  readonly required: boolean;
  readonly placeholder?: string;
  readonly description?: string;
  readonly defaultValue?: string;
  readonly options?: readonly { readonly key: string; readonly text: string }[];
  /** False when no UI element declares it: an advanced input found only in the poller template. */
  readonly declared: boolean;
}

/** A poller as published, before parameters are bound. */
export interface PollerTemplate {
  /** Unique inside the definition; used as the resource name. */
  readonly name: string;
  readonly kind: string;
  /** Package-relative file and JSON path, for diagnostics. */
  readonly file: string;
  readonly path: string;
  readonly raw: Readonly<Record<string, unknown>>;
}

export interface Definition {
  /** `connectorUiConfig.id`, else the definition's resource name, else derived from the folder. */
  readonly id: string;
  /** SHA-256 (hex) of the package's files; the version of the definition. */
  readonly hash: string;
  readonly ui: ConnectorUi;
  readonly pollers: readonly PollerTemplate[];
  readonly inputs: readonly InputField[];
  readonly streams: readonly StreamDeclaration[];
  readonly dataFlows: readonly DataFlow[];
  readonly tables: readonly TableSchema[];
  readonly diagnostics: readonly Diagnostic[];
  /** Everything as read, for storage and export: [{file, text}]. */
  readonly files: readonly { readonly file: string; readonly text: string }[];
}

// ---- A poller with parameters bound: what the poller runs -----------------------------------------------------

export type AuthConfig =
  | { readonly type: 'None' }
  | { readonly type: 'Basic'; readonly userName: string; readonly password: string }
  | {
      readonly type: 'APIKey';
      readonly apiKey: string;
      /** undefined = absent in the file, '' = explicitly empty (they differ, spec CCF §3.2). */
      readonly apiKeyName?: string;
      readonly apiKeyIdentifier?: string;
      readonly inPostPayload: boolean;
    };

export interface RequestConfig {
  readonly apiEndpoint: string;
  readonly httpMethod: 'GET' | 'POST';
  /** Window length and cadence, minutes. */
  readonly queryWindowMinutes: number;
  /** Undefined = definition is silent (the runtime's default applies). */
  readonly queryWindowDelayMinutes?: number;
  readonly queryTimeFormat?: string;
  readonly startTimeAttributeName?: string;
  readonly endTimeAttributeName?: string;
  readonly queryTimeIntervalAttributeName?: string;
  readonly queryTimeIntervalPrepend?: string;
  readonly queryTimeIntervalDelimiter?: string;
  readonly queryParameters: Readonly<Record<string, string | number | boolean>>;
  readonly queryParametersTemplate?: string;
  readonly isPostPayloadJson: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly rateLimitQps?: number;
  readonly retryCount: number;
  readonly timeoutSeconds: number;
}

export interface PagingConfig {
  readonly type: 'None' | 'Offset' | 'NextPageToken' | 'PersistentToken';
  readonly pageSize?: number;
  readonly pageSizeParameterName?: string;
  readonly placement?: 'QueryString' | 'RequestBody';
  readonly pagingQueryParamOnly: boolean;
  readonly offsetParaName?: string;
  readonly nextPageTokenJsonPath?: string;
  readonly nextPageTokenResponseHeader?: string;
  readonly nextPageParaName?: string;
  readonly nextPageRequestHeader?: string;
  readonly hasNextFlagJsonPath?: string;
}

export interface ResponseConfig {
  readonly eventsJsonPaths: readonly string[];
  readonly format: 'json';
  readonly successStatusJsonPath?: string;
  readonly successStatusValue?: string;
  readonly isGzipCompressed: boolean;
}

/**
 * Our extension, `properties.sluice` in a poller of our own connectors: what makes a record the same event when seen again.
 * Absent in published definitions: then the key is a digest of the canonical record, with its occurrence.
 */
export interface RecordKeyConfig {
  /** JSON paths whose values make the key. */
  readonly paths: readonly string[];
  /** True: the key identifies an event, equal keys are one event. False: identical keys are told apart by occurrence. */
  readonly unique: boolean;
}

export interface PollerConfig {
  readonly name: string;
  readonly auth: AuthConfig;
  readonly request: RequestConfig;
  readonly paging: PagingConfig;
  readonly response: ResponseConfig;
  readonly streamName: string;
  readonly addOnAttributes: Readonly<Record<string, string>>;
  readonly isActive: boolean;
  readonly recordKey?: RecordKeyConfig;
  /** JSON path of the event's own time, ISO text or epoch number; for first/last event time and lateness. */
  readonly eventTimePath?: string;
  /** `properties.sluice.delayInMin` / `.overlapInMin`; defaults 2 and 15. */
  readonly delayMinutes?: number;
  readonly overlapMinutes?: number;
}
