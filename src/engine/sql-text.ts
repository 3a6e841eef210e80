import { SluiceError } from '../core/errors.ts';

/** Quotes an identifier for ClickHouse. Never put a name into SQL without it. */
export function quoteIdentifier(name: string): string {
  if (name === '' || name.includes('\0')) {
    throw new SluiceError({
      code: 'BAD_IDENTIFIER',
      message: `${JSON.stringify(name)} cannot be an identifier`,
      hint: 'Give a name that is not empty and has no NUL character.',
    });
  }
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}

/** Quotes a string literal for ClickHouse: backslash, quote and the control characters that the engine escapes itself. */
export function quoteString(text: string): string {
  const escaped = text.replace(/[\\'\0\b\f\n\r\t]/g, (char) => escapes[char] ?? char);
  return `'${escaped}'`;
}

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '\0': '\\0',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** `sluice`.`<table>` */
export function quoteTable(table: string): string {
  return `${quoteIdentifier(databaseName)}.${quoteIdentifier(table)}`;
}

/** Every table of Sluice lives in this database. */
export const databaseName = 'sluice';

/**
 * Leading comment by which a statement is found in system.processes: chDB gives statements ids of its own.
 * Characters that could end the comment never pass.
 */
export function statementTag(queryId: string): string {
  if (!/^[\w.:#@-]{1,200}$/.test(queryId)) {
    throw new SluiceError({
      code: 'BAD_QUERY_ID',
      message: `${JSON.stringify(queryId)} cannot be a query id`,
      hint: 'Use up to 200 letters, digits and . _ : # @ -',
    });
  }
  return `/*sluice:${queryId}*/`;
}
