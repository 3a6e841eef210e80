import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '../api.ts';
import { databaseName, quoteString } from '../sql-text.ts';

export interface RenameFault {
  /** Lets renames succeed again. */
  remove(): Promise<void>;
}

export interface RenameFaultOptions {
  readonly table: string;
  /** Partitions of the coming inserts, `YYYYMM` of TimeGenerated. */
  readonly months: readonly string[];
  /** Coming inserts that fail; default 200. */
  readonly count?: number;
}

/**
 * Makes the engine's rename of every new part of a table fail, as a full disk does: plain files stand where the
 * parts' folders would go (a folder cannot be renamed onto a file). By then the engine has logged the deduplication
 * token, so a retry with the same token is acknowledged and writes nothing (spec: delivery §1.1).
 */
export async function plantRenameFault(engine: Engine, options: RenameFaultOptions): Promise<RenameFault> {
  const where = `database = ${quoteString(databaseName)} AND`;
  const name = quoteString(options.table);
  const folder = await engine.query(`SELECT data_paths[1] FROM system.tables WHERE ${where} name = ${name}`);
  const last = await engine.query(
    `SELECT max(max_block_number) FROM system.parts WHERE ${where} table = ${name}`,
  );
  const path = String(folder.rows[0]?.[0]);
  const first = Number(last.rows[0]?.[0] ?? 0) + 1;
  const numbers = Array.from({ length: options.count ?? 200 }, (_, i) => first + i);
  const taken = new Set(await readdir(path));
  const files = options.months
    .flatMap((month) => numbers.map((number) => `${month}_${number}_${number}_0`))
    .filter((file) => !taken.has(file))
    .map((file) => join(path, file));
  await Promise.all(files.map((file) => writeFile(file, 'in the way')));
  return { remove: () => removeFiles(files) };
}

async function removeFiles(files: readonly string[]): Promise<void> {
  for (const file of files) {
    const found = await stat(file).catch(() => undefined);
    if (found?.isFile()) await rm(file);
  }
}
