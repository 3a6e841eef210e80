import { type Kysely, sql } from 'kysely';
import type { Clock } from '../../core/clock.ts';
import { SluiceError } from '../../core/errors.ts';
import { up as initial } from './0001-initial.ts';
import { up as parkedWindows } from './0002-parked-windows.ts';
import { up as requestTraces } from './0003-request-traces.ts';
import { up as health } from './0004-health.ts';

/** Hand-written, in order, never edited once released: a change is a new number. */
export const migrations = [
  { version: 1, name: 'initial', up: initial },
  { version: 2, name: 'parked-windows', up: parkedWindows },
  { version: 3, name: 'request-traces', up: requestTraces },
  { version: 4, name: 'health', up: health },
] satisfies readonly {
  version: number;
  name: string;
  up: (db: Kysely<unknown>) => Promise<void>;
}[];

export const schemaVersion = Math.max(...migrations.map((step) => step.version));

interface MigrationTable {
  schema_migrations: { version: number; name: string; applied_at: number };
}

/**
 * Brings the schema up to date, one transaction per step.
 * @throws SluiceError STATE_NEWER when the database knows a step that this program does not.
 */
export async function migrate<T>(database: Kysely<T>, clock: Clock): Promise<void> {
  const db = database as unknown as Kysely<MigrationTable>;
  await sql`create table if not exists schema_migrations (version integer not null primary key, name text not null, applied_at bigint not null)`.execute(
    db,
  );
  const rows = await db.selectFrom('schema_migrations').select('version').execute();
  const current = Math.max(0, ...rows.map((row) => row.version));
  if (current > schemaVersion) {
    throw new SluiceError({
      code: 'STATE_NEWER',
      message: `the state database has schema ${current}, this program knows ${schemaVersion}`,
      hint: 'Install the newer version again, or restore a backup made by this version.',
    });
  }
  const applied = new Set(rows.map((row) => row.version));
  for (const step of migrations.filter((candidate) => !applied.has(candidate.version))) {
    await db.transaction().execute(async (trx) => {
      await step.up(trx as unknown as Kysely<unknown>);
      await trx
        .insertInto('schema_migrations')
        .values({ version: step.version, name: step.name, applied_at: clock.now() })
        .execute();
    });
  }
}
