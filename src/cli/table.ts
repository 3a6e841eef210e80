import { printable } from './printable.ts';

const maxCellLength = 120;

export function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return printable(typeof value === 'object' ? JSON.stringify(value) : String(value));
}

function shortened(text: string): string {
  return text.length > maxCellLength ? `${text.slice(0, maxCellLength - 1)}…` : text;
}

/** Columns aligned with spaces, one line per row; numbers to the right. Ends with a line feed. */
export function renderTable(head: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const body = rows.map((row) => head.map((_, i) => shortened(cellText(row[i]))));
  const isNumber = head.map((_, i) => rows.length > 0 && rows.every((row) => typeof row[i] === 'number'));
  const heads = head.map(printable);
  const widths = heads.map((name, i) =>
    body.reduce((max, row) => Math.max(max, row[i]?.length ?? 0), name.length),
  );
  const lineOf = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (isNumber[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width));
  return `${[heads, rule, ...body].map(lineOf).join('\n')}\n`;
}

/** `name  value` lines, for one thing. */
export function renderFields(fields: readonly (readonly [string, unknown])[]): string {
  const width = Math.max(...fields.map(([name]) => name.length));
  return fields
    .map(([name, value]) => `${name.padEnd(width)}  ${cellText(value)}`.trimEnd())
    .join('\n')
    .concat('\n');
}
