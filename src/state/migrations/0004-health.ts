import type { Kysely } from 'kysely';

/** What the health tables are filled from: rows on their way to the engine, the state per connection, standing alerts. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('health_rows')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('table_name', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('batch', 'text')
    .addColumn('columns_json', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('health_rows_state')
    .on('health_rows')
    .columns(['state', 'table_name', 'at'])
    .execute();

  // Connections are named without a foreign key: the last row of a removed one may still be on its way.
  await db.schema
    .createTable('health_states')
    .addColumn('connection_id', 'text', (c) => c.primaryKey())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('since', 'bigint', (c) => c.notNull())
    .addColumn('last_emitted', 'bigint')
    .addColumn('throttled_since', 'bigint')
    .addColumn('failures_json', 'text', (c) => c.notNull())
    .addColumn('failures_from', 'bigint')
    .addColumn('subject_json', 'text', (c) => c.notNull())
    .execute();

  await db.schema
    .createTable('health_alerts')
    .addColumn('connection_id', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('since', 'bigint', (c) => c.notNull())
    .addColumn('message', 'text', (c) => c.notNull())
    .addColumn('last_emitted', 'bigint', (c) => c.notNull())
    .addColumn('subject_json', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('health_alerts_pk', ['connection_id', 'kind'])
    .execute();
}
