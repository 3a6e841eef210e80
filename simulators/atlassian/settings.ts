import { z } from 'zod';

const rate = z.number().min(0).max(1);
const seconds = z.number().min(0);
const limitOver = z.enum(['clamp', 'error400', 'ignore']);

/** Credentials the simulated vendor accepts, and switches that make it refuse them. */
const auth = z.strictObject({
  email: z.string(),
  /** Unscoped API token: Basic on the site host only. */
  apiToken: z.string(),
  /** Scoped API token: Basic or Bearer on the gateway host only. */
  scopedToken: z.string(),
  scopedTokenScopes: z.array(z.string()),
  /** OAuth 2.0 (3LO) access token: Bearer on the gateway; subject to the points quota. */
  oauthToken: z.string(),
  oauthScopes: z.array(z.string()),
  orgApiKey: z.string(),
  /** Empty means a key without scopes, which may read everything. */
  orgKeyScopes: z.array(z.string()),
  apiTokenExpired: z.boolean(),
  scopedTokenExpired: z.boolean(),
  oauthExpired: z.boolean(),
  orgKeyExpired: z.boolean(),
  /** False: the calling user is neither Jira nor Confluence administrator, 403. */
  administrator: z.boolean(),
  orgAdministrator: z.boolean(),
  /** How a site answers a failed log-in; vanity hosts and SSO redirect or show a page instead of 401. */
  failureMode: z.enum(['status401', 'redirect302', 'html200']),
});

const plan = z.strictObject({
  jiraFree: z.boolean(),
  confluenceFree: z.boolean(),
  guard: z.enum(['none', 'standard', 'premium']),
  /** What an organization without Guard gets. */
  noGuardAnswer: z.enum(['status403', 'status401', 'empty']),
});

const world = z.strictObject({
  /** Records per second over all three APIs, on average; they come in bursts. 0 stops. */
  rate: z.number().min(0).max(2000),
  shares: z.strictObject({ jira: z.number().min(0), confluence: z.number().min(0), org: z.number().min(0) }),
  /** A person's display name changes this often (volatile fields of Confluence authors). 0 = never. */
  renameMinutes: z.number().min(0),
  /** When the clock jumps, at most this much time is filled with new records. */
  catchUpHours: z.number().min(0).max(720),
});

const http = z.strictObject({
  /** Compress answers for clients that accept gzip. */
  gzip: z.boolean(),
  /** `vendor`: links always name the vendor's hosts; `auto`: requests to a plain host get links to it. */
  linkOrigin: z.enum(['auto', 'vendor']),
  /** Answer after this long, milliseconds. */
  delayMs: z.number().min(0),
});

/** Burst limiter of the two products (per tenant, endpoint and method). */
const burst = z.strictObject({
  perSecond: z.number().int().min(0),
  retryAfter: z.boolean(),
  retryAfterMin: seconds,
  retryAfterMax: seconds,
  /** `X-RateLimit-Reset` names a minute that is over. */
  resetInPast: z.boolean(),
  body: z.enum(['errors', 'text', 'empty']),
  /** Hourly points quota of OAuth apps; 0 = none. */
  pointsQuota: z.number().int().min(0),
});

const jira = z.strictObject({
  retentionDays: z.number().positive(),
  totalMode: z.enum(['all', 'filtered']),
  emptyRecords: z.enum(['array', 'absent']),
  defaultLimit: z.number().int().positive(),
  maxLimit: z.number().int().positive(),
  limitOver,
  /** Zone-less times: `default` = site accepts as UTC, gateway answers an empty list. */
  naiveDates: z.enum(['default', 'accept', 'empty', 'error400']),
  /** An unescaped `+` arrives as a space: `default` = site 400, gateway an empty list. */
  plusAsSpace: z.enum(['default', 'accept', 'empty', 'error400']),
  malformedDates: z.enum(['error400', 'empty']),
  idSequences: z.number().int().min(1).max(3),
  lateRate: rate,
  lateMinSeconds: seconds,
  lateMaxSeconds: seconds,
  tieRate: rate,
  burst,
});

const confluence = z.strictObject({
  retentionNumber: z.number().int().positive(),
  retentionUnits: z.string(),
  defaultLimit: z.number().int().positive(),
  limitClamp: z.number().int().positive(),
  /** `requested`: the vendor's bug that advances `next.start` by the requested, not the clamped limit. */
  nextStart: z.enum(['received', 'requested']),
  echoLimit: z.enum(['clamped', 'requested']),
  /** Whether a last page that is exactly full carries a `next` link. */
  nextOnLastFullPage: z.boolean(),
  malformedDates: z.enum(['error400', 'ignore']),
  lateRate: rate,
  lateMinSeconds: seconds,
  lateMaxSeconds: seconds,
  tieRate: rate,
  /** Share of actions that are recorded two or three times, identical to the byte. */
  identicalRate: rate,
  burst,
});

const delayBand = z.strictObject({ share: rate, minSeconds: seconds, maxSeconds: seconds });

const org = z.strictObject({
  retentionDays: z.number().positive(),
  streamDefaultLimit: z.number().int().positive(),
  searchDefaultLimit: z.number().int().positive(),
  maxLimit: z.number().int().positive(),
  limitOver,
  /** Which clock the stream's `from` and `to` compare; the vendor does not say. */
  streamClock: z.enum(['time', 'processedAt']),
  /** At the tip: `cursor` always gives one; `null` on an empty page; `nullEarly` on the last page with data too. */
  tipMode: z.enum(['cursor', 'null', 'nullEarly']),
  cursorTtlSeconds: seconds,
  pageSizeEcho: z.enum(['default', 'requested']),
  nextIn: z.enum(['both', 'meta', 'links']),
  /** Processing delay of an event, a mixture; the shares add up to 1. */
  delays: z.array(delayBand).min(1),
  tieRate: rate,
  noMillisecondsRate: rate,
  noLocationRate: rate,
  appActorRate: rate,
  noContextRate: rate,
  searchPerMinute: z.number().int().min(0),
  streamPerMinute: z.number().int().min(0),
  retryAfter: z.boolean(),
});

const faultKinds = [
  'status429',
  'status5xx',
  'timeout',
  'reset',
  'truncated',
  'garbled',
  'html200',
  'login302',
  'wrongContentType',
  'error200',
  'repeatToken',
  'expiredCursor',
  'silentClamp',
  'removeRows',
] as const;

/** A fault to inject; off unless listed. The first matching one of a request applies. */
const fault = z.strictObject({
  kind: z.enum(faultKinds),
  api: z.enum(['jira', 'confluence', 'org']).optional(),
  /** Endpoint name as in the request log, e.g. `events-stream`. */
  endpoint: z.string().optional(),
  /** Share of the matching requests. */
  rate: rate.default(1),
  /** Leaves the first n matching requests alone. */
  skip: z.number().int().min(0).default(0),
  /** Applies to at most n requests; absent = no end. */
  count: z.number().int().min(0).optional(),
  /** Only pages after the first (offset, start or cursor present). */
  laterPagesOnly: z.boolean().default(false),
  /** Seconds in `Retry-After`; null or absent = no header. */
  retryAfter: z.number().min(0).nullable().default(null),
  resetInPast: z.boolean().default(false),
  /** For `status5xx`. */
  status: z.number().int().min(500).max(599).default(503),
  /** For `silentClamp`: rows served; for `removeRows`: rows removed. */
  rows: z.number().int().min(1).default(1),
});

const settings = z.strictObject({ auth, plan, world, http, jira, confluence, org, faults: z.array(fault) });

export type Settings = z.output<typeof settings>;
export type Fault = z.output<typeof fault>;
export type BurstSettings = z.output<typeof burst>;
type DeepPartial<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [K in keyof T]?: DeepPartial<T[K]> }
    : T;
export type SettingsPatch = Omit<DeepPartial<Settings>, 'faults'> & { faults?: z.input<typeof fault>[] };

/** A refused knob; `issues` name its path. */
export class SettingsError extends Error {
  readonly issues: readonly string[];
  constructor(issues: readonly string[]) {
    super(`Simulator settings refused: ${issues.join('; ')}`);
    this.name = 'SettingsError';
    this.issues = issues;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function merge(base: unknown, patch: unknown): unknown {
  if (!isObject(base) || !isObject(patch)) return patch;
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(patch)) {
    if (value !== undefined) result[key] = merge(result[key], value);
  }
  return result;
}

/**
 * New settings from old ones and a partial tree of knobs; arrays are replaced whole.
 * @throws SettingsError for an unknown knob or a value out of range
 */
export function patchSettings(base: Settings, patch: unknown): Settings {
  const parsed = settings.safeParse(merge(base, patch));
  if (parsed.success) return parsed.data;
  throw new SettingsError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
}
