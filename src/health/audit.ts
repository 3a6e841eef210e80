import { randomUUID } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import type { HealthRowRow } from '../state/schema.ts';
import type { Db } from '../state/state.ts';
import { addHealthRow, columnsOf, type HealthRow, type Resource } from './health-rows.ts';
import { auditTable } from './tables.ts';

/** Who asked for a change. */
export interface AuditActor {
  readonly name: string;
  readonly address: string;
}

export interface AuditedChange {
  readonly actor: AuditActor;
  /** `<provider>/<type>/Write` or `/Delete`. */
  readonly operation: string;
  readonly resource: Resource;
  /** One sentence on what was done. */
  readonly description: string;
  /** State before; without secrets. */
  readonly before?: Readonly<Record<string, unknown>>;
}

export interface ChangeResult {
  readonly resource?: Resource;
  /** State after; without secrets. */
  readonly after?: Readonly<Record<string, unknown>>;
}

export interface AuditTrail {
  /** Does a change between two notes of it, so that a stop in the middle leaves a row that says so. */
  record<T>(change: AuditedChange, work: () => Promise<T>, result: (value: T) => ChangeResult): Promise<T>;
  /** Rows that a stopped process left open are completed: the outcome is not known. Once, at start. */
  closeOpen(): Promise<number>;
}

/** Rows of the audit table, with the published columns (spec CCF §6.4). */
export function createAuditTrail(options: {
  readonly db: Db;
  readonly clock: Clock;
  readonly workspaceId: string;
  readonly onRows: () => void;
}): AuditTrail {
  const { db, clock, workspaceId } = options;

  function rowOf(
    change: AuditedChange,
    outcome: { status: string; reason: string; result?: ChangeResult; correlationId: string },
  ): HealthRow {
    const resource = outcome.result?.resource ?? change.resource;
    const after = outcome.result?.after;
    return {
      operation: change.operation,
      resource,
      status: outcome.status,
      description: change.description,
      reason: outcome.reason,
      correlationId: outcome.correlationId,
      properties: {
        CallerName: change.actor.name,
        CallerIpAddress: change.actor.address,
        ResourceDisplayName: resource.name,
        ResourceId: resource.id,
        WorkspaceId: workspaceId,
        ...(outcome.reason === '' ? {} : { Reason: outcome.reason }),
        ...(change.before ? { OriginalResourceState: change.before } : {}),
        ...(after ? { UpdatedResourceState: after } : {}),
        ...(after ? { ResourceDiffMemberNames: changedMembers(change.before ?? {}, after) } : {}),
      },
    };
  }

  async function complete(id: string, row: HealthRow): Promise<void> {
    await db
      .updateTable('health_rows')
      .set({ state: 'pending', columns_json: JSON.stringify(columnsOf(row, id, workspaceId)) })
      .where('id', '=', id)
      .execute();
    options.onRows();
  }

  return {
    async record(change, work, result) {
      const correlationId = randomUUID();
      const open = rowOf(change, { status: 'Unknown', reason: 'INTERRUPTED', correlationId });
      const at = clock.now();
      const held: HealthRowRow['state'] = 'held';
      const id = await addHealthRow(db, auditTable, open, { at, workspaceId, state: held });
      try {
        const value = await work();
        await complete(
          id,
          rowOf(change, { status: 'Success', reason: '', result: result(value), correlationId }),
        );
        return value;
      } catch (error) {
        const reason = error instanceof Error && 'code' in error ? String(error.code) : 'INTERNAL';
        await complete(id, rowOf(change, { status: 'Failure', reason, correlationId }));
        throw error;
      }
    },
    async closeOpen() {
      const done = await db
        .updateTable('health_rows')
        .set({ state: 'pending' })
        .where('state', '=', 'held')
        .executeTakeFirst();
      return Number(done.numUpdatedRows);
    },
  };
}

/** Names of members that differ, one level deep: `parameters.userid`. */
export function changedMembers(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): string[] {
  const flat = (value: Readonly<Record<string, unknown>>) =>
    new Map(
      Object.entries(value).flatMap(([name, member]) =>
        typeof member === 'object' && member !== null && !Array.isArray(member)
          ? Object.entries(member).map(([inner, v]): [string, string] => [
              `${name}.${inner}`,
              JSON.stringify(v),
            ])
          : [[name, JSON.stringify(member)] as [string, string]],
      ),
    );
  const [a, b] = [flat(before), flat(after)];
  return [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name)).sort();
}
