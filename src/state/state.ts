import { Kysely, SqliteDialect } from 'kysely';
import type { Clock } from '../core/clock.ts';
import { openLibsql } from './libsql-database.ts';
import { migrate } from './migrations/migrations.ts';
import type { Database } from './schema.ts';

/** A connection or a transaction: every repository function takes one, so that callers decide what commits together. */
export type Db = Kysely<Database>;

/** Control state of one data folder. */
export interface State {
  readonly db: Db;
  /** Everything inside commits together and durably (fsync), or not at all. */
  transaction<T>(work: (trx: Db) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/**
 * Opens the state database and brings its schema up to date.
 * @param options.file database file, or `:memory:` in tests
 * @throws SluiceError STATE_OPEN, STATE_NEWER
 */
export async function openState(options: { readonly file: string; readonly clock: Clock }): Promise<State> {
  const database = openLibsql(options.file);
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON;',
  );
  const db = new Kysely<Database>({ dialect: new SqliteDialect({ database }) });
  try {
    await migrate(db, options.clock);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return {
    db,
    transaction: (work) => db.transaction().execute((trx) => work(trx)),
    close: () => db.destroy(),
  };
}
