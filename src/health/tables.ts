import type { EngineColumn, EngineTable } from '../engine/api.ts';

/** Names of the health tables, as published (spec CCF §6.1, §6.4). */
export const healthTable = 'SentinelHealth';
export const auditTable = 'SentinelAudit';
export type HealthTableName = typeof healthTable | typeof auditTable;

const leading = [
  { name: 'OperationName', type: 'string' },
  { name: 'SentinelResourceId', type: 'string' },
  { name: 'SentinelResourceName', type: 'string' },
  { name: 'Status', type: 'string' },
  { name: 'Description', type: 'string' },
  { name: 'Reason', type: 'string' },
  { name: 'WorkspaceId', type: 'string' },
  { name: 'SentinelResourceType', type: 'string' },
  { name: 'SentinelResourceKind', type: 'string' },
  { name: 'RecordId', type: 'string' },
] as const satisfies readonly EngineColumn[];
const properties = { name: 'ExtendedProperties', type: 'dynamic' } as const satisfies EngineColumn;

/** Own columns of each table; the standard ones (TimeGenerated, TenantId, Type, …) come with every table. */
export const healthColumns: Readonly<Record<HealthTableName, readonly EngineColumn[]>> = {
  [healthTable]: [...leading, properties],
  [auditTable]: [...leading, { name: 'CorrelationId', type: 'string' }, properties],
};

export const healthTables = [healthTable, auditTable] as const;

/** @param retentionDays for a table that is new; one that exists keeps its own */
export function engineTable(name: HealthTableName, retentionDays: number): EngineTable {
  return { name, columns: healthColumns[name], retentionDays };
}
