/**
 * Compiled transforms, in the state (so that the parser process need not start) and in the archive as
 * `transforms/<id>.json` (so that the bucket alone can rebuild the tables). Both never change once written.
 */
import type { ArchiveStore } from '../archive/api.ts';
import type { Clock } from '../core/clock.ts';
import { isSluiceError, SluiceError } from '../core/errors.ts';
import { getCompiled, putCompiled } from '../state/compiled.ts';
import type { State } from '../state/state.ts';
import type { CompiledTransform } from './transform.ts';

export interface TransformStore {
  /** In the state only; undefined when this version was never compiled here. */
  find(id: string): Promise<CompiledTransform | undefined>;
  save(transform: CompiledTransform): Promise<void>;
  /** Makes sure that the archive holds it; before the first segment that names it. */
  archive(id: string): Promise<void>;
  /** State first, then archive. @throws SluiceError INGEST_TRANSFORM_LOST */
  load(id: string): Promise<CompiledTransform>;
}

export function createTransformStore(options: {
  readonly state: State;
  readonly archive: ArchiveStore;
  readonly clock: Clock;
}): TransformStore {
  const { state, archive, clock } = options;
  const known = new Map<string, CompiledTransform>();
  const archived = new Set<string>();

  async function find(id: string): Promise<CompiledTransform | undefined> {
    const cached = known.get(id);
    if (cached) return cached;
    const row = await getCompiled(state.db, id);
    if (!row) return undefined;
    const transform = {
      ...(JSON.parse(row.columns_json) as CompiledTransform),
      id,
      kql: row.kql,
      sql: row.sql,
    };
    known.set(id, transform);
    return transform;
  }

  async function save(transform: CompiledTransform): Promise<void> {
    const { id, kql, sql, ...rest } = transform;
    const row = {
      id,
      kind: 'transform' as const,
      kql,
      sql,
      columns_json: JSON.stringify(rest),
      created_at: clock.now(),
    };
    await putCompiled(state.db, row);
    known.set(id, transform);
  }

  async function load(id: string): Promise<CompiledTransform> {
    const found = await find(id);
    if (found) return found;
    const transform = await fromArchive(archive, id);
    await save(transform);
    return transform;
  }

  return {
    find,
    save,
    load,
    archive: async (id) => {
      if (archived.has(id)) return;
      const path = objectPath(id);
      // What is there already stays: the same id means the same SQL, also when its text was formatted by another version.
      if (!(await archive.exists(path))) await archive.put(path, encode(await load(id)));
      archived.add(id);
    },
  };
}

function objectPath(id: string): string {
  return `transforms/${id}.json`;
}

function encode(transform: CompiledTransform): Uint8Array {
  return Buffer.from(`${JSON.stringify({ version: 1, ...transform }, null, 1)}\n`, 'utf8');
}

async function fromArchive(archive: ArchiveStore, id: string): Promise<CompiledTransform> {
  try {
    const { version: _version, ...transform } = JSON.parse(
      Buffer.from(await archive.get(objectPath(id))).toString('utf8'),
    ) as CompiledTransform & { version: number };
    return transform;
  } catch (error) {
    if (isSluiceError(error) && error.code !== 'ARCHIVE_MISSING') throw error;
    throw new SluiceError({
      code: 'INGEST_TRANSFORM_LOST',
      message: `transform ${id} is neither in the state nor in the archive`,
      hint: 'Restore transforms/ in the archive, or prepare the definition again.',
      cause: error,
    });
  }
}
