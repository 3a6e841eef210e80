import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { confluenceMix } from '../confluence/records.ts';
import type { AtlassianSimulatorOptions, LedgerEntry } from '../index.ts';
import { jiraMix, mixOf } from '../jira/records.ts';
import type { ApiName } from '../ledger.ts';
import type { Bench } from '../testing/harness.ts';
import { startBench, startTime } from '../testing/harness.ts';
import { hourWeight } from './history.ts';
import { apiNames } from './timeline.ts';

type Json = Readonly<Record<string, unknown>>;
const day = 86_400_000;
const open: Bench[] = [];
const start = async (options: Partial<AtlassianSimulatorOptions> = {}) => {
  const bench = await startBench(options);
  open.push(bench);
  return bench;
};
afterEach(async () => {
  for (const bench of open.splice(0)) await bench.close();
});

const entriesOf = (bench: Bench, api: ApiName): LedgerEntry[] => [...bench.simulator.control.ledger(api)];
const recordsOf = (bench: Bench, api: ApiName) => entriesOf(bench, api).map((entry) => entry.record as Json);
const share = <T>(items: readonly T[], test: (item: T) => boolean) =>
  items.filter(test).length / items.length;
const part = (value: unknown): Json => (value ?? {}) as Json;

describe('determinism', () => {
  it('gives the same content for the same seed and start, however often it is looked at', async () => {
    const history = { days: 3, records: 400 };
    const settings = { world: { rate: 5 } };
    const [often, once, other] = [
      await start({ history, settings }),
      await start({ history, settings }),
      await start({ history, settings, seed: 'other' }),
    ];
    for (let ms = 0; ms < 60_000; ms += 333) {
      often.at(ms);
      often.simulator.control.now();
    }
    for (const bench of [often, once, other]) bench.at(60_000);
    for (const api of apiNames) {
      expect(entriesOf(often, api)).toEqual(entriesOf(once, api));
      expect(entriesOf(other, api)).not.toEqual(entriesOf(once, api));
    }
  });
});

describe('history', () => {
  it('holds the wanted number per log, less what is still on its way, in the shape of working hours', async () => {
    const bench = await start({ history: { days: 7, records: 2000 } });
    const stats = bench.simulator.control.stats();
    const published = apiNames.map((api) => stats.apis[api].published);
    expect(published.reduce((sum, count) => sum + count, stats.pending)).toBe(6000);
    for (const api of apiNames) {
      const entries = entriesOf(bench, api);
      expect(
        entries.every((entry) => entry.time >= startTime - 7 * day - 1000 && entry.publishedAt <= startTime),
      ).toBe(true);
      expect(share(entries, (entry) => !hourWeight(entry.time).quiet)).toBeGreaterThan(0.85);
    }
  });

  it('keeps the suggested mixes', async () => {
    const bench = await start({ history: { days: 10, records: 3000 } });
    const jira = recordsOf(bench, 'jira');
    for (const [mix, wanted] of Object.entries(jiraMix)) {
      expect(
        Math.abs(share(jira, (record) => mixOf(String(record['category'])) === mix) - wanted),
      ).toBeLessThan(0.03);
    }
    const wiki = recordsOf(bench, 'confluence');
    for (const [category, wanted] of Object.entries(confluenceMix)) {
      expect(Math.abs(share(wiki, (record) => record['category'] === category) - wanted)).toBeLessThan(0.03);
    }
    const org = recordsOf(bench, 'org');
    const signIn =
      /^(user_(login|login_failed|logout|logged|created|email|deact|react|delet|pass|prof|sess)|twosv_\w+_for)/;
    expect(
      Math.abs(share(org, (record) => signIn.test(String(part(record['attributes'])['action']))) - 0.45),
    ).toBeLessThan(0.05);
    const nights = entriesOf(bench, 'jira').filter(
      (entry) => hourWeight(entry.time).quiet && hourWeight(entry.time - 60_000).quiet,
    );
    expect(nights.length).toBeGreaterThan(50);
    expect(nights.every((entry) => mixOf(String((entry.record as Json)['category'])) === 'directory')).toBe(
      true,
    );
  });

  it('is dominated by views with Guard Premium', async () => {
    const bench = await start({
      history: { days: 5, records: 2000 },
      settings: { plan: { guard: 'premium' } },
    });
    const viewed = share(recordsOf(bench, 'org'), (record) =>
      /^(jira|confluence)_/.test(String(part(record['attributes'])['action'])),
    );
    expect(viewed).toBeGreaterThan(0.8);
  });

  it('tells of the same people and groups in all three logs', async () => {
    const bench = await start({ history: { days: 5, records: 1500 } });
    const group = (name: string) => (record: Json) => JSON.stringify(record).includes(name);
    const added = recordsOf(bench, 'org').filter(
      (record) => part(record['attributes'])['action'] === 'user_added_to_group',
    );
    const names = added.flatMap((record) =>
      ((part(record['attributes'])['context'] ?? []) as Json[]).filter((item) => item['type'] === 'groups'),
    );
    const name = String(part(names[0]?.['attributes'])['name']);
    expect(recordsOf(bench, 'jira').some(group(name))).toBe(true);
    expect(recordsOf(bench, 'confluence').some(group(`${name}:`))).toBe(true);
  });
});

describe('record fields', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench({ history: { days: 10, records: 3000 } });
  });
  afterAll(() => bench.close());
  const nulls = (value: unknown): boolean =>
    value === null || (typeof value === 'object' && Object.values(value as object).some(nulls));
  /** Rules that a record breaks, with the record; one assertion for thousands of records. */
  const broken = (records: readonly Json[], rules: Readonly<Record<string, (record: Json) => boolean>>) =>
    Object.entries(rules).flatMap(([rule, holds]) => {
      const bad = records.find((record) => !holds(record));
      return bad ? [{ rule, bad }] : [];
    });
  const list = (value: unknown) => (value ?? []) as Json[];

  it('Jira: absent instead of null or empty; system records name no author; groups have no id', () => {
    const records = recordsOf(bench, 'jira');
    const items = (record: Json) =>
      [record['objectItem'], ...list(record['associatedItems'])].filter(Boolean).map(part);
    const directory = (item: Json) => ['GROUP', 'USER'].includes(String(item['typeName']));
    const authorKeys = ['remoteAddress', 'authorKey', 'authorAccountId'];
    const rules: Record<string, (record: Json) => boolean> = {
      'no null': (record) => !nulls(record),
      created: (record) =>
        /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}\+0000$/.test(String(record['created'])),
      'integer id': (record) => Number.isSafeInteger(record['id']),
      'texts always': (record) =>
        ['summary', 'category', 'eventSource'].every((key) => typeof record[key] === 'string'),
      'no empty list': (record) =>
        ['changedValues', 'associatedItems'].every(
          (key) => record[key] === undefined || list(record[key]).length > 0,
        ),
      'author whole or absent': (record) => [0, 3].includes(authorKeys.filter((key) => key in record).length),
      'id absent for groups and permissions only': (record) =>
        items(record).every(
          (item) => 'id' in item === !['GROUP', 'PERMISSIONS'].includes(String(item['typeName'])),
        ),
      'parent for users and groups only': (record) =>
        items(record).every(
          (item) => 'parentId' in item === directory(item) && 'parentName' in item === directory(item),
        ),
      'users by key': (record) =>
        items(record).every((item) => item['typeName'] !== 'USER' || item['name'] === item['id']),
      'values are text': (record) =>
        list(record['changedValues']).every((change) =>
          Object.values(change).every((value) => typeof value === 'string'),
        ),
      'no changedFrom on creation': (record) =>
        !/ created$/.test(String(record['summary'])) ||
        list(record['changedValues']).every((change) => !('changedFrom' in change)),
      'empty changedTo on deletion': (record) =>
        !/ deleted$/.test(String(record['summary'])) ||
        list(record['changedValues']).every((change) => change['changedTo'] === ''),
    };
    expect(broken(records, rules)).toEqual([]);
    expect(share(records, (record) => !('authorKey' in record))).toBeGreaterThan(0.5);
    expect(share(records, (record) => record['eventSource'] !== '')).toBeGreaterThan(0.005);
    expect(share(records, (record) => 'description' in record)).toBeLessThan(0.1);
  });

  it('Jira: ids come from three sequences, with gaps and equal ids at different times', () => {
    const entries = entriesOf(bench, 'jira');
    const ids = entries.map((entry) => Number((entry.record as Json)['id']));
    expect(ids.some((id) => id < 5000) && ids.some((id) => id > 90_000)).toBe(true);
    expect(new Set(ids).size).toBeLessThan(ids.length);
    expect(new Set(entries.map((entry) => entry.key)).size).toBe(ids.length);
  });

  it('Confluence: everything required is there, empty as "" and []; System has no account', () => {
    const records = recordsOf(bench, 'confluence');
    const required =
      'author remoteAddress creationDate summary description category sysAdmin affectedObject changedValues associatedObjects'.split(
        ' ',
      );
    const changeKeys = 'hiddenNewValue hiddenOldValue name newValue oldValue';
    const rules: Record<string, (record: Json) => boolean> = {
      required: (record) => required.every((key) => key in record),
      'no id': (record) => !('id' in record),
      'epoch ms': (record) => /^\d{13}$/.test(String(record['creationDate'])),
      author: (record) =>
        part(record['author'])['type'] === 'user' && part(record['author'])['operations'] === null,
      'no account for System only': (record) =>
        'accountId' in part(record['author']) === (part(record['author'])['displayName'] !== 'System'),
      changes: (record) =>
        list(record['changedValues']).every((change) => Object.keys(change).sort().join(' ') === changeKeys),
      'group with its id': (record) => {
        const object = part(record['affectedObject']);
        return object['objectType'] !== 'Group' || /^[\w-]+:[0-9a-f-]{36}$/.test(String(object['name']));
      },
    };
    expect(broken(records, rules)).toEqual([]);
    expect(share(records, (record) => part(record['author'])['displayName'] === 'System')).toBeGreaterThan(
      0.1,
    );
    expect(records.some((record) => !('superAdmin' in record))).toBe(true);
    expect(records.some((record) => record['superAdmin'] === true)).toBe(true);
  });

  it('Organization: times with and without ms, missing parts and app actors at their rates', () => {
    const events = recordsOf(bench, 'org');
    const attributes = events.map((event) => part(event['attributes']));
    const rules: Record<string, (record: Json) => boolean> = {
      identity: (event) => /^[0-9a-f-]{36}$/.test(String(event['id'])) && event['type'] === 'events',
      processedAt: (event) => /\.\d{3}Z$/.test(String(part(event['attributes'])['processedAt'])),
      time: (event) => /T\d{2}:\d{2}:\d{2}(\.\d{3})?Z$/.test(String(part(event['attributes'])['time'])),
      actor: (event) => typeof part(part(event['attributes'])['actor'])['id'] === 'string',
    };
    expect(broken(events, rules)).toEqual([]);
    const near = (found: number, wanted: number, slack: number) =>
      expect(Math.abs(found - wanted)).toBeLessThan(slack);
    near(
      share(attributes, (a) => /:\d{2}Z$/.test(String(a['time']))),
      0.03,
      0.012,
    );
    near(
      share(attributes, (a) => !('location' in a)),
      0.05,
      0.015,
    );
    near(
      share(attributes, (a) => part(a['actor'])['email'] === 'Atlassian app'),
      0.1,
      0.02,
    );
    near(
      share(attributes, (a) => !('context' in a)),
      0.02,
      0.01,
    );
    expect(attributes.some((a) => Array.isArray(a['context']) && a['context'].length === 0)).toBe(true);
    expect(new Set(events.map((event) => event['id'])).size).toBe(events.length);
  });
});

describe('hazards at their default rates', () => {
  it('late records, ties, identical records, processing delays', async () => {
    const bench = await start({ history: { days: 20, records: 6000 } });
    const near = (found: number, wanted: number, slack: number) =>
      expect(Math.abs(found - wanted)).toBeLessThan(slack);
    for (const api of ['jira', 'confluence'] as const) {
      const entries = entriesOf(bench, api);
      const late = entries.filter((entry) => entry.publishedAt > entry.time);
      near(late.length / entries.length, 0.02, 0.006);
      expect(
        late.every(({ time, publishedAt }) => publishedAt - time >= 5000 && publishedAt - time <= 600_000),
      ).toBe(true);
      const times = entries.map((entry) => entry.time);
      expect(times.length - new Set(times).size).toBeGreaterThan(50);
    }
    const keys = entriesOf(bench, 'confluence').map((entry) => entry.key);
    expect(keys.length - new Set(keys).size).toBeGreaterThan(10);
    const delays = entriesOf(bench, 'org').map((entry) => (entry.publishedAt - entry.time) / 1000);
    near(
      share(delays, (seconds) => seconds <= 4),
      0.8,
      0.04,
    );
    near(
      share(delays, (seconds) => seconds > 120),
      0.03,
      0.012,
    );
    expect(Math.max(...delays)).toBeGreaterThan(3600);
    const published = entriesOf(bench, 'org').map((entry) => entry.publishedAt);
    const tied = published.length - new Set(published).size;
    near(tied / published.length, 0.01, 0.006);
  });

  it('each has its own switch', async () => {
    const late = { lateRate: 0, tieRate: 0 };
    const off = { noMillisecondsRate: 0, noLocationRate: 0, appActorRate: 0, noContextRate: 0, tieRate: 0 };
    const delays = [{ share: 1, minSeconds: 0, maxSeconds: 0 }];
    const settings = {
      jira: { ...late, idSequences: 1 },
      confluence: { ...late, identicalRate: 0 },
      org: { ...off, delays },
    };
    const bench = await start({ history: { days: 5, records: 2000 }, settings });
    for (const api of apiNames)
      expect(entriesOf(bench, api).every((entry) => entry.publishedAt === entry.time)).toBe(true);
    const attributes = recordsOf(bench, 'org').map((event) => part(event['attributes']));
    expect(
      attributes.every((a) => 'context' in a && 'location' in a && /\.\d{3}Z$/.test(String(a['time']))),
    ).toBe(true);
    const ids = entriesOf(bench, 'jira')
      .sort((a, b) => a.time - b.time)
      .map((entry) => Number((entry.record as Json)['id']));
    expect(new Set(ids).size).toBe(ids.length);
    expect(Math.min(...ids)).toBe(ids[0]);
  });
});

describe('publication', () => {
  it('goes on at about the wanted rate, evenly over the logs, and follows changed knobs', async () => {
    const bench = await start({ settings: { world: { rate: 10 } } });
    bench.at(600_000);
    const published = apiNames.map((api) => bench.simulator.control.stats().apis[api].published);
    const total = published.reduce((sum, count) => sum + count, 0);
    expect(total).toBeGreaterThan(4500);
    expect(total).toBeLessThan(7500);
    expect(Math.min(...published)).toBeGreaterThan(total / 3 - 300);
    bench.simulator.control.patch({ world: { rate: 0 } });
    bench.at(2 * day);
    const after = bench.simulator.control.stats();
    bench.at(3 * day);
    expect(bench.simulator.control.stats().apis).toEqual(after.apis);
    expect(after.pending).toBe(0);
  });

  it('never puts an event before one that a reader of the stream may have seen', async () => {
    const bench = await start({
      settings: { world: { rate: 10, shares: { jira: 0, confluence: 0, org: 1 } } },
    });
    let newest = 0;
    let seen = 0;
    for (let ms = 0; ms < 120_000; ms += 3777) {
      bench.at(ms);
      const entries = entriesOf(bench, 'org');
      expect(entries.slice(seen).every((entry) => entry.publishedAt > newest)).toBe(true);
      seen = entries.length;
      newest = startTime + ms;
    }
    expect(seen).toBeGreaterThan(500);
  });

  it('stands still while frozen; delays keep their length over the pause', async () => {
    const bench = await start({ history: { days: 1, records: 500 }, settings: { world: { rate: 5 } } });
    bench.at(60_000);
    bench.simulator.control.freeze();
    const frozen = bench.simulator.control.stats();
    expect(frozen).toMatchObject({ frozen: true });
    bench.at(4_000_000);
    expect(bench.simulator.control.stats().apis).toEqual(frozen.apis);
    bench.simulator.control.unfreeze();
    expect(bench.simulator.control.stats().apis).toEqual(frozen.apis);
    bench.at(4_000_000 + 700_000);
    const fresh = entriesOf(bench, 'jira').slice(frozen.apis.jira.published);
    expect(fresh.length).toBeGreaterThan(500);
    expect(
      fresh.every(
        (entry) => entry.publishedAt >= startTime + 4_000_000 && entry.publishedAt - entry.time <= 600_000,
      ),
    ).toBe(true);
  });

  it('fills at most the catch-up time after a jump of the clock', async () => {
    const bench = await start({ settings: { world: { rate: 1, catchUpHours: 1 } } });
    bench.at(30 * day);
    const { apis } = bench.simulator.control.stats();
    expect(apis.jira.published).toBeLessThan(2500);
    expect(apis.jira.oldest).toBeGreaterThan(startTime + 30 * day - 3_700_000);
  });
});

describe('memory', () => {
  it('holds the text of 60,000 records, which is also the ledger, in less than 60 MB', async () => {
    const bench = await start({ history: { days: 30, records: 20_000 } });
    const { apis } = bench.simulator.control.stats();
    const bytes = apiNames.reduce((sum, api) => sum + apis[api].bytes, 0);
    expect(apiNames.every((api) => apis[api].published > 19_900)).toBe(true);
    expect(bytes).toBeLessThan(60 * 1024 * 1024);
  });
});
