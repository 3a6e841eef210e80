import type { Kysely } from 'kysely';
import type { Clock } from '../core/clock.ts';
import { SluiceError } from '../core/errors.ts';
import { loadDefinition } from '../definition/load.ts';
import type { Definition } from '../definition/model.ts';
import type { Overlay } from '../definition/overlay.ts';
import type { Database } from '../state/schema.ts';

type PackageFiles = readonly { readonly file: string; readonly text: string }[];

export interface DefinitionCatalogue {
  /** Facts about published definitions that these do not state. */
  readonly overlays: readonly Overlay[];
  /** Throws DEFINITION_NOT_FOUND. */
  get(id: string): Promise<Definition>;
  list(): Promise<readonly { readonly definition: Definition; readonly origin: 'builtin' | 'deployed' }[]>;
  /** What storing these files would change. */
  change(definition: Definition): Promise<'created' | 'updated' | 'unchanged'>;
  store(definition: Definition, origin: 'builtin' | 'deployed'): Promise<void>;
  remove(id: string): Promise<void>;
}

/** Installed definitions: files are stored, the parsed form is cached by hash. */
export function createDefinitionCatalogue(options: {
  readonly db: Kysely<Database>;
  readonly clock: Clock;
  readonly overlays: readonly Overlay[];
}): DefinitionCatalogue {
  const { db, clock } = options;
  const parsed = new Map<string, Definition>();

  function parse(row: { hash: string; files_json: string }): Definition {
    const known = parsed.get(row.hash);
    if (known) return known;
    const definition = loadDefinition(JSON.parse(row.files_json) as PackageFiles);
    parsed.set(row.hash, definition);
    return definition;
  }

  return {
    overlays: options.overlays,
    async get(id) {
      const row = await db.selectFrom('definitions').selectAll().where('id', '=', id).executeTakeFirst();
      if (!row)
        throw new SluiceError({
          code: 'DEFINITION_NOT_FOUND',
          message: `There is no connector ${id}`,
          hint: 'List the connectors with `sluice connector list`.',
        });
      return parse(row);
    },
    async list() {
      const rows = await db.selectFrom('definitions').selectAll().orderBy('title').execute();
      return rows.map((row) => ({ definition: parse(row), origin: row.origin }));
    },
    async change(definition) {
      const row = await db
        .selectFrom('definitions')
        .select('hash')
        .where('id', '=', definition.id)
        .executeTakeFirst();
      if (!row) return 'created';
      return row.hash === definition.hash ? 'unchanged' : 'updated';
    },
    async store(definition, origin) {
      const now = clock.now();
      const content = {
        hash: definition.hash,
        title: definition.ui.title,
        files_json: JSON.stringify(definition.files),
        updated_at: now,
      };
      await db
        .insertInto('definitions')
        .values({ id: definition.id, origin, created_at: now, ...content })
        .onConflict((c) => c.column('id').doUpdateSet(content))
        .execute();
    },
    async remove(id) {
      await db.deleteFrom('definitions').where('id', '=', id).execute();
    },
  };
}
