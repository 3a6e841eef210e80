import { givenConfluence } from './confluence/create.ts';
import { defaultSettings } from './defaults.ts';
import { givenJira } from './jira/publish.ts';
import type { ApiName, LedgerEntry } from './ledger.ts';
import { RecordStore } from './ledger.ts';
import { createProductLimiter } from './limiter.ts';
import { createOrgLimiter } from './org/limits.ts';
import { givenOrg } from './org/single.ts';
import type { LoggedRequest, RequestLog } from './requests.ts';
import { createRequestLog } from './requests.ts';
import type { Service } from './service.ts';
import type { Settings, SettingsPatch } from './settings.ts';
import { patchSettings } from './settings.ts';
import { createPrng } from './world/random.ts';
import { apiNames, Timeline } from './world/timeline.ts';
import { createWorld } from './world/world.ts';

interface SimulationOptions {
  readonly seed: string;
  readonly now: () => number;
  readonly history: { readonly days: number; readonly records: number };
  readonly settings: SettingsPatch;
}

export interface ApiStats {
  /** Records ever published. */
  readonly published: number;
  readonly removed: number;
  readonly bytes: number;
  readonly oldest: number | null;
  readonly newest: number | null;
  readonly requests: Readonly<Record<string, number>>;
}

export interface SimulatorStats {
  readonly now: number;
  readonly frozen: boolean;
  /** Planned records that are not yet visible, late ones among them. */
  readonly pending: number;
  readonly apis: Readonly<Record<ApiName, ApiStats>>;
  readonly memory: {
    readonly rssBytes: number;
    readonly heapUsedBytes: number;
    readonly externalBytes: number;
  };
}

/** Everything a test or a lab may see and do; the HTTP control endpoint offers the same. */
export interface SimulatorControl {
  /** Simulator time, ms. */
  now(): number;
  stats(): SimulatorStats;
  /** Nothing new appears until `unfreeze`. */
  freeze(): void;
  unfreeze(): void;
  settings(): Settings;
  /** @throws SettingsError */
  patch(patch: SettingsPatch): Settings;
  /** Every record published so far with `from <= time <= to`; equal Confluence records appear as often as they are. */
  ledger(api: ApiName, range?: { readonly from?: number; readonly to?: number }): Iterable<LedgerEntry>;
  /** Publishes given records at once. @throws TypeError for a record without id or time */
  publish(api: ApiName, records: readonly Readonly<Record<string, unknown>>[]): number;
  /** Moves the simulator's clock forward. */
  advance(ms: number): void;
  rename(accountId: string, displayName: string): void;
  requests(): readonly LoggedRequest[];
  clearRequests(): void;
}

export interface Simulation {
  readonly service: Service;
  readonly control: SimulatorControl;
  readonly requests: RequestLog;
}

const given = { jira: givenJira, confluence: givenConfluence, org: givenOrg };

function statsOf(store: RecordStore, requests: Readonly<Record<string, number>>): ApiStats {
  const view = store.byTime;
  const edge = (position: number) => (view.length === 0 ? null : store.time(view.at(position)));
  const counts = { published: store.count, removed: store.removedCount, bytes: store.bytes };
  return { ...counts, oldest: edge(0), newest: edge(view.length - 1), requests };
}

/** The simulated vendor without its servers. */
export function createSimulation(options: SimulationOptions): Simulation {
  let settings = patchSettings(defaultSettings(options.seed), options.settings);
  let offset = 0;
  const now = () => options.now() + offset;
  const world = createWorld(options.seed);
  const stores = {
    jira: new RecordStore('jira'),
    confluence: new RecordStore('confluence'),
    org: new RecordStore('org'),
  };
  const prng = createPrng(options.seed);
  const timeline = new Timeline({
    world,
    stores,
    prng: prng.fork('timeline'),
    settings: () => settings,
    start: now(),
    history: options.history,
  });
  const requests = createRequestLog();
  const patch = (change: unknown) => {
    timeline.advance(now());
    settings = patchSettings(settings, change);
    return settings;
  };
  const service: Service = {
    world,
    stores,
    settings: () => settings,
    patch,
    renames: () => timeline.renames,
    productLimiter: createProductLimiter(prng.fork('limiter')),
    orgLimiter: createOrgLimiter(),
    cursorSecret: prng.fork('cursor').uuid(),
  };
  const control: SimulatorControl = {
    now: () => {
      timeline.advance(now());
      return now();
    },
    stats: () => {
      timeline.advance(now());
      const { rss, heapUsed, external } = process.memoryUsage();
      const counts = requests.counts();
      return {
        now: now(),
        frozen: timeline.frozen,
        pending: timeline.pendingCount,
        apis: {
          jira: statsOf(stores.jira, counts.jira),
          confluence: statsOf(stores.confluence, counts.confluence),
          org: statsOf(stores.org, counts.org),
        },
        memory: { rssBytes: rss, heapUsedBytes: heapUsed, externalBytes: external },
      };
    },
    freeze: () => timeline.freeze(now()),
    unfreeze: () => timeline.unfreeze(now()),
    settings: () => settings,
    patch,
    ledger: (api, range = {}) => {
      timeline.advance(now());
      return stores[api].entries(range.from, range.to);
    },
    publish: (api, records) => {
      timeline.advance(now());
      for (const record of records) stores[api].append(given[api](record, now()));
      return records.length;
    },
    advance: (ms) => {
      offset += ms;
      timeline.advance(now());
    },
    rename: (accountId, displayName) => timeline.rename(accountId, displayName),
    requests: () => requests.recent(),
    clearRequests: () => requests.clear(),
  };
  return { service, control, requests };
}

export const isApiName = (text: string): text is ApiName => (apiNames as readonly string[]).includes(text);
