import type { Engine, EngineTable } from '../engine/api.ts';
import { rejectedTable } from '../engine/columns.ts';
import { defaultRetentionDays } from './prepare.ts';
import type { CompiledTransform } from './transform.ts';

export interface TableMaker {
  /** Makes the table of a transform, or of the rejects, once per version. @throws SluiceError TABLE_COLUMN_TYPE */
  ensure(transform: CompiledTransform | undefined): Promise<void>;
  /** What the engine keeps now. */
  retentionDays(table: string): Promise<number>;
}

export function createTableMaker(engine: Engine): TableMaker {
  const made = new Map<string, Promise<void>>();

  function once(key: string, table: EngineTable): Promise<void> {
    const running = made.get(key);
    if (running) return running;
    const making = engine.ensureTable(table);
    made.set(key, making);
    making.catch(() => made.delete(key));
    return making;
  }

  return {
    ensure: (transform) => {
      if (!transform) return once('rejects', rejectedTable);
      const { table, schemaColumns, retentionDays, id } = transform;
      return once(id, { name: table, columns: schemaColumns, retentionDays });
    },
    retentionDays: async (name) => {
      const table = (await engine.tables()).find((candidate) => candidate.name === name);
      return table?.retentionDays ?? defaultRetentionDays;
    },
  };
}
