// biome-ignore-all lint/a11y/useSemanticElements: a virtualised grid places its rows itself, which a table cannot
// biome-ignore-all lint/a11y/useFocusableInteractive: one tab stop for the grid; the active cell carries it
import { ArrowDown, ArrowUp } from 'lucide-react';
import type { KqlColumn } from '../../lib/api-types.ts';
import { isNumeric } from '../../lib/cell.ts';
import s from './grid.module.css';
import type { CellPlace } from './grid-model.ts';

export interface Sort {
  readonly column: number;
  readonly descending: boolean;
}

interface HeaderRowProps {
  readonly columns: readonly KqlColumn[];
  readonly template: string;
  readonly sort: Sort | undefined;
  readonly active: CellPlace;
  readonly onSort: (column: number) => void;
  readonly onFocus: (place: CellPlace) => void;
}

/** Headings; a click or Enter sorts up, then down, then not. */
export function HeaderRow({ columns, template, sort, active, onSort, onFocus }: HeaderRowProps) {
  return (
    <div
      role="row"
      aria-rowindex={1}
      className={`${s.row} ${s.header}`}
      style={{ gridTemplateColumns: template }}
    >
      <div role="columnheader" aria-colindex={1} className={s.expander}>
        <span className="visually-hidden">Open</span>
      </div>
      {columns.map((column, index) => {
        const mine = sort?.column === index ? sort : undefined;
        return (
          <div
            // biome-ignore lint/suspicious/noArrayIndexKey: a column's place is its identity
            key={index}
            role="columnheader"
            aria-colindex={index + 2}
            aria-sort={mine ? (mine.descending ? 'descending' : 'ascending') : 'none'}
            data-place={`-1:${index}`}
            data-num={isNumeric(column.type) || undefined}
            tabIndex={active.row === -1 && active.column === index ? 0 : -1}
            className={s.cell}
            title={`${column.name}: ${column.type}`}
            onClick={() => onSort(index)}
            onKeyDown={() => undefined}
            onFocus={() => onFocus({ row: -1, column: index })}
          >
            <span className={s.text}>
              {column.type === 'datetime' ? `${column.name} (UTC)` : column.name}
            </span>
            {mine ? (
              mine.descending ? (
                <ArrowDown size={12} aria-hidden="true" />
              ) : (
                <ArrowUp size={12} aria-hidden="true" />
              )
            ) : null}
          </div>
        );
      })}
    </div>
  );
}
