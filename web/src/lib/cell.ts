/** Result cells as text: nothing of an event is ever taken for markup. */
import type { KqlColumn } from './api-types.ts';

export type Cell = unknown;
export type Row = readonly Cell[];

/** Control and direction-changing characters, shown as visible escapes (ui.md §11). */
const hidden =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
export const escapeHidden = (text: string): string =>
  text.replace(
    hidden,
    (character) => `⟨U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
  );

export interface CellText {
  readonly text: string;
  /** Drawn dimmed: it stands for "nothing". */
  readonly dim: boolean;
}

/** One line for the grid. */
export function cellText(value: Cell, type: string): CellText {
  if (value === null || value === undefined) return { text: '∅', dim: true };
  if (value === '') return { text: '""', dim: true };
  if (type === 'datetime' && typeof value === 'string') return { text: shortTime(value), dim: false };
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return { text: escapeHidden(text).replace(/\s*\n\s*/g, ' ⏎ '), dim: false };
}

/** `2026-11-20T12:01:44.5000000Z` → `2026-11-20 12:01:44.500`; whole seconds lose the fraction. */
function shortTime(iso: string): string {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.(\d+))?Z$/.exec(iso);
  if (!match) return escapeHidden(iso);
  const fraction = (match[3] ?? '').replace(/0+$/, '').slice(0, 7);
  return `${match[1]} ${match[2]}${fraction ? `.${fraction.padEnd(3, '0')}` : ''}`;
}

/** Exact text for copying and export. */
export function plainText(value: Cell): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** A row as an object, JSON texts in string cells left alone; for the expanded view. */
export function rowJson(columns: readonly KqlColumn[], row: Row): string {
  return escapeHidden(
    JSON.stringify(
      Object.fromEntries(columns.map((column, index) => [column.name, row[index] ?? null])),
      null,
      2,
    ),
  );
}

const numeric = new Set(['int', 'long', 'real', 'double', 'decimal']);
export const isNumeric = (type: string): boolean => numeric.has(type);

const collator = new Intl.Collator('en', { numeric: true });
/** Order for sorting by click; nulls last in both directions is the caller's business. */
export function compareCells(a: Cell, b: Cell, type: string): number {
  if (isNumeric(type)) return Number(a) - Number(b);
  if (type === 'datetime') return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
  return collator.compare(plainText(a), plainText(b));
}

/** Row order after sorting; stable, nulls last. */
export function sortedOrder(
  rows: readonly Row[],
  column: number,
  type: string,
  descending: boolean,
): number[] {
  const sign = descending ? -1 : 1;
  return rows
    .map((_, index) => index)
    .sort((left, right) => {
      const a = rows[left]?.[column] ?? null;
      const b = rows[right]?.[column] ?? null;
      if (a === null || b === null) return a === b ? left - right : a === null ? 1 : -1;
      return sign * compareCells(a, b, type) || left - right;
    });
}
