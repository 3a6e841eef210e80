import { expect, test } from 'vitest';
import { compareFields, fieldsOf } from './schema-drift.ts';

const columns = [
  { name: 'Id', type: 'string' },
  { name: 'actor', type: 'dynamic' },
  { name: 'Removed', type: 'string' },
];

test('tells fields that came undeclared and columns that never had a value, in any case', () => {
  const { records, fields } = fieldsOf([
    '{"id":"1","Actor":{"name":"a"},"extra":[1],"Removed":null}',
    '{"id":"2","extra":"text","rare":true}',
    'no json',
    '[1]',
  ]);
  expect(records).toBe(2);
  expect(compareFields(columns, fields)).toEqual({
    undeclared: [
      { field: 'extra', seen: 2, types: ['array', 'string'] },
      { field: 'rare', seen: 1, types: ['boolean'] },
    ],
    alwaysNull: [{ column: 'Removed', type: 'string' }],
  });
});

test('a record may have a member called __proto__', () => {
  const { fields } = fieldsOf(['{"__proto__":{"a":1},"id":"1"}']);
  expect([...fields.keys()]).toEqual(['__proto__', 'id']);
});
