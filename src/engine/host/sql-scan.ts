/**
 * A lexer just good enough to find where one statement ends. The embedded engine runs every statement of a
 * text (`select 1; drop …`), which its HTTP server would refuse, so the host refuses it here.
 */

/** Regions in which `;` means nothing, by their opening text. */
const closers: Readonly<Record<string, string>> = { "'": "'", '"': '"', '`': '`', '‘': '’', '“': '”' };

/** Index after the quoted region that opens at `start`; quotes escape by doubling or by backslash. */
function skipQuoted(sql: string, start: number): number {
  const open = sql[start]!;
  const close = closers[open]!;
  const ascii = open === close;
  for (let i = start + 1; i < sql.length; i += 1) {
    if (ascii && sql[i] === '\\') i += 1;
    else if (sql[i] === close) return i + 1;
  }
  return sql.length;
}

function skipTo(sql: string, start: number, end: string): number {
  const found = sql.indexOf(end, start);
  return found < 0 ? sql.length : found + end.length;
}

/** Index after white space, comments or a quoted region that starts at `i`; `i` itself when nothing does. */
function skipTrivia(sql: string, i: number): number {
  const char = sql[i]!;
  if (/\s/.test(char)) return i + 1;
  if (sql.startsWith('--', i) || sql.startsWith('#!', i) || sql.startsWith('# ', i))
    return skipTo(sql, i, '\n');
  if (sql.startsWith('/*', i)) return skipTo(sql, i + 2, '*/');
  return i;
}

function skipLiteral(sql: string, i: number): number {
  const char = sql[i]!;
  if (char in closers) return skipQuoted(sql, i);
  if (char !== '$') return i;
  const tag = /^\$\w*\$/.exec(sql.slice(i, i + 100))?.[0];
  return tag === undefined ? i : skipTo(sql, i + tag.length, tag);
}

/** First word of the statement in capitals, after white space and comments: SELECT, INSERT, KILL, … */
export function statementKind(sql: string): string {
  let i = 0;
  while (i < sql.length) {
    const next = skipTrivia(sql, i);
    if (next === i) break;
    i = next;
  }
  return /^[A-Za-z]*/.exec(sql.slice(i, i + 40))![0].toUpperCase();
}

/** True when text other than white space, comments and semicolons follows the first statement's `;`. */
export function hasSecondStatement(sql: string): boolean {
  let ended = false;
  let i = 0;
  while (i < sql.length) {
    const next = skipTrivia(sql, i);
    if (next > i) {
      i = next;
      continue;
    }
    if (sql[i] === ';') ended = true;
    else if (ended) return true;
    const literal = skipLiteral(sql, i);
    i = literal > i ? literal : i + 1;
  }
  return false;
}
