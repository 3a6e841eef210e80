import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Clock } from '../core/clock.ts';
import { SluiceError } from '../core/errors.ts';
import type { Definition } from '../definition/model.ts';
import { deleteCheckpoints } from '../state/checkpoints.ts';
import { deleteWindowsOf } from '../state/parked-windows.ts';
import type { ConnectionRow, Database } from '../state/schema.ts';
import type { SecretStore } from '../state/secrets.ts';

export type ParameterValue = string | readonly string[];
export type Parameters = Readonly<Record<string, ParameterValue>>;

/** Settings of one connection beside the definition's inputs; the API's ConnectionOptions. */
export interface ConnectionOptions {
  readonly caFile?: string | undefined;
  readonly resolve?: Readonly<Record<string, string>> | undefined;
  readonly proxy?: string | undefined;
  readonly delayMinutes?: number | undefined;
  readonly overlapMinutes?: number | undefined;
  readonly queryWindowMinutes?: number | undefined;
  readonly pollSeconds?: number | undefined;
  readonly expectDataEveryMinutes?: number | undefined;
  readonly traceBodies?: boolean | undefined;
}

/** A connection with everything a run needs; secrets included, so it never leaves control/. */
export interface StoredConnection {
  readonly row: ConnectionRow;
  readonly parameters: Parameters;
  readonly secretNames: ReadonlySet<string>;
  readonly options: ConnectionOptions;
}

export interface NewConnection {
  readonly definition: Definition;
  readonly name: string;
  readonly parameters: Parameters;
  readonly startMs?: number | undefined;
  readonly options: ConnectionOptions;
}

export interface ConnectionStore {
  list(): Promise<ConnectionRow[]>;
  /** By id or name; throws CONNECTION_NOT_FOUND. */
  find(idOrName: string): Promise<ConnectionRow>;
  /** With parameters and decrypted secrets. */
  load(row: ConnectionRow): Promise<StoredConnection>;
  create(input: NewConnection): Promise<ConnectionRow>;
  update(
    row: ConnectionRow,
    change: {
      readonly name?: string | undefined;
      readonly parameters?: Parameters | undefined;
      readonly options?: ConnectionOptions | undefined;
      readonly definition: Definition;
    },
  ): Promise<ConnectionRow>;
  setStatus(row: ConnectionRow, status: ConnectionRow['status']): Promise<void>;
  remove(row: ConnectionRow): Promise<void>;
}

const secretPath = (connectionId: string, parameter: string) => `connection/${connectionId}/${parameter}`;

/** Throws PARAMETERS_MISSING or PARAMETER_UNKNOWN; optional inputs that were left out are filled with ''. */
export function checkedParameters(definition: Definition, given: Parameters): Parameters {
  const known = new Map(definition.inputs.map((i) => [i.name.toLowerCase(), i]));
  const unknown = Object.keys(given).filter((name) => !known.has(name.toLowerCase()));
  const names = definition.inputs.map((i) => i.name).join(', ');
  if (unknown.length > 0) {
    throw new SluiceError({
      code: 'PARAMETER_UNKNOWN',
      message: `${definition.ui.title} has no parameter ${unknown.join(', ')}`,
      hint: `Its parameters are: ${names || 'none'}.`,
    });
  }
  const values = new Map(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]));
  const missing = definition.inputs.filter(
    (i) => i.required && i.defaultValue === undefined && !(values.get(i.name.toLowerCase())?.length ?? 0),
  );
  if (missing.length > 0) {
    throw new SluiceError({
      code: 'PARAMETERS_MISSING',
      message: `${definition.ui.title} needs a value for ${missing.map((i) => `${i.name} (${i.label})`).join(', ')}`,
      hint: 'Give them with --parameters name=value, or in the form.',
    });
  }
  return Object.fromEntries(
    definition.inputs.map((i) => [i.name, values.get(i.name.toLowerCase()) ?? i.defaultValue ?? '']),
  );
}

export function createConnectionStore(options: {
  readonly db: Kysely<Database>;
  readonly secrets: SecretStore;
  readonly clock: Clock;
}): ConnectionStore {
  const { db, secrets, clock } = options;

  async function splitSecrets(
    connectionId: string,
    definition: Definition,
    parameters: Parameters,
  ): Promise<Record<string, ParameterValue>> {
    const secretNames = new Set(definition.inputs.filter((i) => i.secret).map((i) => i.name));
    const plain: Record<string, ParameterValue> = {};
    for (const [name, value] of Object.entries(parameters)) {
      if (secretNames.has(name)) await secrets.set(secretPath(connectionId, name), String(value));
      else plain[name] = value;
    }
    return plain;
  }

  async function refuseTakenName(name: string, except?: string): Promise<void> {
    const taken = await db.selectFrom('connections').select('id').where('name', '=', name).executeTakeFirst();
    if (taken && taken.id !== except)
      throw new SluiceError({
        code: 'CONNECTION_EXISTS',
        message: `A connection named ${name} exists already`,
        hint: 'Choose another name, or remove the old connection first.',
      });
  }

  return {
    list: () => db.selectFrom('connections').selectAll().orderBy('created_at').execute(),
    async find(idOrName) {
      const row = await db
        .selectFrom('connections')
        .selectAll()
        .where((w) => w.or([w('id', '=', idOrName), w('name', '=', idOrName)]))
        .executeTakeFirst();
      if (!row)
        throw new SluiceError({
          code: 'CONNECTION_NOT_FOUND',
          message: `There is no connection ${idOrName}`,
          hint: 'List the connections with `sluice connection list`.',
        });
      return row;
    },
    async load(row) {
      const plain = JSON.parse(row.parameters_json) as Record<string, ParameterValue>;
      const prefix = secretPath(row.id, '');
      const names = (await secrets.list(prefix)).map((s) => s.name.slice(prefix.length));
      const hidden = await Promise.all(
        names.map(async (name) => [name, (await secrets.get(secretPath(row.id, name))) ?? ''] as const),
      );
      return {
        row,
        parameters: { ...plain, ...Object.fromEntries(hidden) },
        secretNames: new Set(names),
        options: JSON.parse(row.options_json) as ConnectionOptions,
      };
    },
    async create({ definition, name, parameters, startMs, options: connectionOptions }) {
      await refuseTakenName(name);
      const id = randomUUID();
      const plain = await splitSecrets(id, definition, parameters);
      const now = clock.now();
      const row: ConnectionRow = {
        id,
        name,
        definition_id: definition.id,
        parameters_json: JSON.stringify(plain),
        status: 'active',
        start_at: startMs ?? null,
        options_json: JSON.stringify(connectionOptions),
        created_at: now,
        updated_at: now,
      };
      await db.insertInto('connections').values(row).execute();
      return row;
    },
    async update(row, change) {
      if (change.name !== undefined) await refuseTakenName(change.name, row.id);
      const plain = {
        ...(JSON.parse(row.parameters_json) as Record<string, ParameterValue>),
        ...(change.parameters ? await splitSecrets(row.id, change.definition, change.parameters) : {}),
      };
      const merged = { ...(JSON.parse(row.options_json) as ConnectionOptions), ...change.options };
      const patch = {
        name: change.name ?? row.name,
        parameters_json: JSON.stringify(plain),
        options_json: JSON.stringify(merged),
        updated_at: clock.now(),
      };
      await db.updateTable('connections').set(patch).where('id', '=', row.id).execute();
      return { ...row, ...patch };
    },
    async setStatus(row, status) {
      await db
        .updateTable('connections')
        .set({ status, updated_at: clock.now() })
        .where('id', '=', row.id)
        .execute();
    },
    async remove(row) {
      await secrets.deleteAll(secretPath(row.id, ''));
      // Sources and ledger stay: adding the same connection again must not duplicate what was delivered.
      await db
        .deleteFrom('requests')
        .where('run_id', 'in', db.selectFrom('runs').select('id').where('connection_id', '=', row.id))
        .execute();
      await db.deleteFrom('runs').where('connection_id', '=', row.id).execute();
      await deleteCheckpoints(db, row.id);
      await deleteWindowsOf(db, row.id);
      await db.deleteFrom('connections').where('id', '=', row.id).execute();
    },
  };
}

/** For functions that ask for plain lists. */
export function mutableParameters(parameters: Parameters): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
  );
}
