import { type Kysely, sql } from 'kysely';

/** What a run keeps of each request, so that a failure can be explained afterwards. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const add = (name: string, type: 'text' | 'integer') =>
    db.schema.alterTable('requests').addColumn(name, type).execute();
  await add('poller', 'text');
  await add('attempt', 'integer');
  await add('request_headers_json', 'text');
  await add('response_headers_json', 'text');
  await add('new_records', 'integer');
  await add('duplicates', 'integer');
  await add('warning', 'text');
  await add('excerpt', 'text');
  await add('excerpt_bytes', 'integer');
  // The budget of a connection is summed with each excerpt; few requests have one.
  await sql`create index requests_excerpts on requests (run_id, ordinal) where excerpt_bytes is not null`.execute(
    db,
  );
}
