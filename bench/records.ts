/** Audit records as a product would return them, about 700 bytes each, all different. */
export function auditRecord(n: number): Record<string, unknown> {
  const at = new Date(Date.UTC(2026, 10, 1) + n * 1_000).toISOString().replace('Z', '+0000');
  return {
    id: 100_000 + n,
    summary: n % 3 === 0 ? 'Permission scheme updated' : 'User added to group',
    remoteAddress: `198.51.100.${n % 250}`,
    authorKey: `ug:1d0b0a0e-2f6e-4a0f-8a55-${String(n).padStart(12, '0')}`,
    authorAccountId: `712020:3f9a1c62-8d04-4e57-b1a2-${String(n % 500).padStart(12, '0')}`,
    created: at,
    category: n % 3 === 0 ? 'permissions' : 'group management',
    eventSource: '',
    objectItem: {
      id: String(n % 900),
      name: `group-${n % 900}`,
      typeName: 'GROUP',
      parentId: '10000',
      parentName: 'IDP Directory',
    },
    changedValues: [
      { fieldName: 'Permission', changedFrom: '', changedTo: 'Delete Issues' },
      { fieldName: 'Value', changedFrom: '', changedTo: `group-${n % 900}` },
    ],
    associatedItems: [
      { id: `ug:${n}`, name: `ug:${n}`, typeName: 'USER', parentId: '10000', parentName: 'IDP Directory' },
    ],
  };
}
