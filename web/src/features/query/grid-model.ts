/** Widths and moves of the result grid. */
import type { KqlColumn } from '../../lib/api-types.ts';
import { cellText, type Row } from '../../lib/cell.ts';

const SAMPLE = 60;
const CHAR_PX = 7.9;
const PADDING_PX = 26;

/** Pixel widths from the heading and the first rows; never below 64 nor above 420. */
export function columnWidths(columns: readonly KqlColumn[], rows: readonly Row[]): number[] {
  return columns.map((column, index) => {
    let longest = column.name.length + (column.type === 'datetime' ? 8 : 2);
    for (const row of rows.slice(0, SAMPLE))
      longest = Math.max(longest, cellText(row[index], column.type).text.length);
    return Math.round(Math.min(420, Math.max(64, longest * CHAR_PX + PADDING_PX)));
  });
}

export interface CellPlace {
  /** -1 is the header row. */
  readonly row: number;
  readonly column: number;
}

const moves: Record<string, (at: CellPlace, last: CellPlace, page: number) => CellPlace> = {
  ArrowDown: (at) => ({ ...at, row: at.row + 1 }),
  ArrowUp: (at) => ({ ...at, row: at.row - 1 }),
  ArrowRight: (at) => ({ ...at, column: at.column + 1 }),
  ArrowLeft: (at) => ({ ...at, column: at.column - 1 }),
  PageDown: (at, _, page) => ({ ...at, row: at.row + page }),
  PageUp: (at, _, page) => ({ ...at, row: Math.max(0, at.row - page) }),
  Home: (at) => ({ ...at, column: 0 }),
  End: (at, last) => ({ ...at, column: last.column }),
  'Ctrl+Home': () => ({ row: 0, column: 0 }),
  'Ctrl+End': (_, last) => last,
};

/** Where a key leads from a cell; undefined when the key does not move. */
export function moveCell(
  key: string,
  ctrl: boolean,
  at: CellPlace,
  last: CellPlace,
  page: number,
): CellPlace | undefined {
  const move = moves[ctrl ? `Ctrl+${key}` : key];
  if (!move) return undefined;
  const next = move(at, last, page);
  return {
    row: Math.min(last.row, Math.max(-1, next.row)),
    column: Math.min(last.column, Math.max(0, next.column)),
  };
}
