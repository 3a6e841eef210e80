import type { Kysely } from 'kysely';
import type { Clock } from '../core/clock.ts';
import type { Database } from '../state/schema.ts';

export interface SettingValues {
  /** Default retention of tables, days. */
  readonly retentionDays: number;
  /** Where "a connection stopped working" is posted. */
  readonly webhookUrl: string | null;
  /** Collection pauses when less than this is free on the data folder's disk. */
  readonly diskWatermarkBytes: number;
}

const defaults: SettingValues = {
  retentionDays: 90,
  webhookUrl: null,
  diskWatermarkBytes: 512 * 1024 * 1024,
};

export interface SettingStore {
  get(): Promise<SettingValues>;
  update(patch: Partial<SettingValues>): Promise<SettingValues>;
}

/** Settings are one row per key; absent keys have the defaults above. */
export function createSettingStore(db: Kysely<Database>, clock: Clock): SettingStore {
  async function get(): Promise<SettingValues> {
    const rows = await db.selectFrom('settings').selectAll().execute();
    const stored = Object.fromEntries(
      rows.map((r) => [r.key, JSON.parse(r.value_json) as unknown]),
    ) as Partial<SettingValues>;
    return { ...defaults, ...stored };
  }
  return {
    get,
    async update(patch) {
      for (const [key, value] of Object.entries(patch)) {
        if (value === undefined) continue;
        const row = { key, value_json: JSON.stringify(value), updated_at: clock.now() };
        await db
          .insertInto('settings')
          .values(row)
          .onConflict((c) =>
            c.column('key').doUpdateSet({ value_json: row.value_json, updated_at: row.updated_at }),
          )
          .execute();
      }
      return get();
    },
  };
}
