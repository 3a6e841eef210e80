import type { Kysely } from 'kysely';

/** Windows that keep failing: how often the one that is open failed, and those that collection has moved past. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('window_failures')
    .addColumn('connection_id', 'text', (c) => c.notNull())
    .addColumn('poller', 'text', (c) => c.notNull())
    .addColumn('start_at', 'bigint', (c) => c.notNull())
    .addColumn('end_at', 'bigint', (c) => c.notNull())
    .addColumn('failures', 'integer', (c) => c.notNull())
    .addColumn('first_failed_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('window_failures_pk', ['connection_id', 'poller'])
    .execute();

  await db.schema
    .createTable('parked_windows')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('connection_id', 'text', (c) => c.notNull())
    .addColumn('poller', 'text', (c) => c.notNull())
    .addColumn('start_at', 'bigint', (c) => c.notNull())
    .addColumn('end_at', 'bigint', (c) => c.notNull())
    .addColumn('request_start_at', 'bigint', (c) => c.notNull())
    .addColumn('failures', 'integer', (c) => c.notNull())
    .addColumn('error_code', 'text', (c) => c.notNull())
    .addColumn('error_json', 'text', (c) => c.notNull())
    .addColumn('parked_at', 'bigint', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('decided_by', 'text')
    .addColumn('decided_at', 'bigint')
    .addColumn('note', 'text')
    .execute();
  await db.schema
    .createIndex('parked_windows_connection')
    .on('parked_windows')
    .columns(['connection_id', 'poller', 'end_at'])
    .execute();
}
