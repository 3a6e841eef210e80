import type { Engine, EngineTable } from '../engine/api.ts';
import { rejectedTable } from '../engine/columns.ts';
import type { CompiledTransform } from './transform.ts';

type NewTable = Pick<EngineTable, 'name' | 'columns'> & { readonly retentionDays?: number };

export interface TableMaker {
  /** Makes a table that no transform is known for yet. */
  make(table: NewTable): Promise<void>;
  /** Makes the table of a transform, or of the rejects, once per version. @throws SluiceError TABLE_COLUMN_TYPE */
  ensure(transform: CompiledTransform | undefined): Promise<void>;
  /** What the engine keeps now. */
  retentionDays(table: string): Promise<number>;
}

/** @param defaultRetentionDays for tables whose package says nothing; asked when a table is made */
export function createTableMaker(engine: Engine, defaultRetentionDays: () => Promise<number>): TableMaker {
  const made = new Map<string, Promise<void>>();

  async function make(table: NewTable): Promise<void> {
    const retentionDays = table.retentionDays ?? (await defaultRetentionDays());
    await engine.ensureTable({ ...table, retentionDays });
  }

  function once(key: string, table: NewTable): Promise<void> {
    const running = made.get(key);
    if (running) return running;
    const making = make(table);
    made.set(key, making);
    making.catch(() => made.delete(key));
    return making;
  }

  return {
    make,
    ensure: (transform) => {
      if (!transform) return once('rejects', { name: rejectedTable.name, columns: rejectedTable.columns });
      const { table, schemaColumns, retentionDays, id } = transform;
      return once(id, {
        name: table,
        columns: schemaColumns,
        ...(retentionDays === undefined ? {} : { retentionDays }),
      });
    },
    retentionDays: async (name) => {
      const table = (await engine.tables()).find((candidate) => candidate.name === name);
      return table?.retentionDays ?? (await defaultRetentionDays());
    },
  };
}
