/** Every literal and every name that enters the SQL text is written here and nowhere else. */
import type { KqlType } from '../api.ts';

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

function escaped(char: string): string {
  return escapes[char] ?? `\\x${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

/**
 * SQL string literal. `;` is written as an escape so that the compiled text never holds one:
 * the embedded engine would run what follows as a second statement. Control characters are written as escapes too.
 */
export function quoteString(value: string): string {
  return `'${value.replace(/[\\';\u0000-\u001f]/g, escaped)}'`;
}

/** SQL identifier in double quotes. */
export function quoteName(name: string): string {
  return `"${name.replace(/[\\";\u0000-\u001f]/g, escaped)}"`;
}

export const engineTypes: Readonly<Record<KqlType, string>> = {
  bool: 'Bool',
  int: 'Int32',
  long: 'Int64',
  real: 'Float64',
  decimal: 'Decimal(38,18)',
  datetime: "DateTime64(7,'UTC')",
  timespan: 'Int64',
  guid: 'UUID',
  string: 'String',
  dynamic: 'String',
};

/** Engine type that an expression of a KQL type may have at most. */
export function nullableType(type: KqlType): string {
  return type === 'string' ? 'String' : `Nullable(${engineTypes[type]})`;
}

/** The null of a type; strings have none, so theirs is the empty text. */
export function nullLiteral(type: KqlType): string {
  return type === 'string' ? "''" : `CAST(NULL,${quoteString(nullableType(type))})`;
}
