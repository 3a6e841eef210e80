import type { CompiledRow } from './schema.ts';
import type { Db } from './state.ts';

export async function getCompiled(db: Db, id: string): Promise<CompiledRow | undefined> {
  return db.selectFrom('compiled').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Stores SQL under its hash. The same id always means the same SQL, so a second store changes nothing. */
export async function putCompiled(db: Db, row: CompiledRow): Promise<void> {
  await db
    .insertInto('compiled')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}
