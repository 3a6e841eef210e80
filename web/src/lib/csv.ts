/** CSV with a guard against formulas: a cell that a spreadsheet would run gets a leading apostrophe. */
import type { KqlColumn } from './api-types.ts';
import { isNumeric, plainText, type Row } from './cell.ts';

export function csvCell(text: string, isNumber: boolean): string {
  const guarded = !isNumber && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

export function toCsv(columns: readonly KqlColumn[], rows: readonly Row[]): string {
  const lines = [columns.map((column) => csvCell(column.name, false)).join(',')];
  for (const row of rows) {
    lines.push(
      columns.map((column, index) => csvCell(plainText(row[index]), isNumeric(column.type))).join(','),
    );
  }
  return `${lines.join('\r\n')}\r\n`;
}
