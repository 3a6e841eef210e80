import type { SqliteDatabase, SqliteStatement } from 'kysely';
import Libsql from 'libsql';
import { SluiceError } from '../core/errors.ts';

/** The native driver ends the process on a parameter that it does not know, so types are checked before it sees them. */
function checkParameter(value: unknown, sql: string): string | number | bigint | null | Uint8Array {
  if (value === null || typeof value === 'string' || typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (value instanceof Uint8Array) return value;
  throw new SluiceError({
    code: 'STATE_PARAMETER',
    message: `a ${typeof value} was bound in: ${sql.slice(0, 120)}`,
    hint: 'This is a bug: bind integers, text, bytes or null.',
  });
}

/** Blobs come back as ArrayBuffer; the rest of the program knows Uint8Array only. */
function normaliseRow(row: unknown): unknown {
  if (typeof row !== 'object' || row === null) return row;
  const record = row as Record<string, unknown>;
  for (const key of Object.keys(record)) {
    const value = record[key];
    if (value instanceof ArrayBuffer) record[key] = new Uint8Array(value);
  }
  return record;
}

class GuardedStatement implements SqliteStatement {
  readonly #statement: Libsql.Statement;
  readonly #sql: string;

  constructor(statement: Libsql.Statement, sql: string) {
    this.#statement = statement;
    this.#sql = sql;
  }

  get reader(): boolean {
    return this.#statement.reader;
  }

  #bound(parameters: readonly unknown[]): unknown[] {
    return parameters.map((value) => checkParameter(value, this.#sql));
  }

  all(parameters: readonly unknown[]): unknown[] {
    return this.#statement.all(this.#bound(parameters)).map(normaliseRow);
  }

  run(parameters: readonly unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint } {
    return this.#statement.run(this.#bound(parameters));
  }

  *iterate(parameters: readonly unknown[]): IterableIterator<unknown> {
    for (const row of this.#statement.iterate(this.#bound(parameters))) yield normaliseRow(row);
  }
}

/** The sync libsql connection in the shape that Kysely's SQLite dialect wants. */
export interface LibsqlDatabase extends SqliteDatabase {
  exec(sql: string): void;
}

/**
 * Opens (creates) a database file.
 * @throws SluiceError STATE_OPEN
 */
export function openLibsql(file: string): LibsqlDatabase {
  try {
    const database = new Libsql(file);
    return {
      prepare: (sql) => new GuardedStatement(database.prepare(sql), sql),
      exec: (sql) => {
        database.exec(sql);
      },
      close: () => {
        database.close();
      },
    };
  } catch (error) {
    throw new SluiceError({
      code: 'STATE_OPEN',
      message: `${file} cannot be opened: ${error instanceof Error ? error.message : String(error)}`,
      hint: 'Check that the data folder is writable and the disk is not full.',
      cause: error,
    });
  }
}
