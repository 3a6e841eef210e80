import type { ColumnType } from './model.ts';

const types: Readonly<Record<string, ColumnType>> = {
  string: 'string',
  int: 'int',
  integer: 'int',
  long: 'long',
  int64: 'long',
  real: 'real',
  double: 'real',
  float: 'real',
  boolean: 'boolean',
  bool: 'boolean',
  datetime: 'datetime',
  dynamic: 'dynamic',
  guid: 'guid',
  uuid: 'guid',
  timespan: 'timespan',
  decimal: 'decimal',
};

/** Column type by its published spelling, whose case varies (CCF §7.4). Undefined when there is no such type. */
export function columnTypeOf(text: string): ColumnType | undefined {
  const key = text.trim().toLowerCase();
  return Object.hasOwn(types, key) ? types[key] : undefined;
}
