// biome-ignore-all lint/a11y/useSemanticElements: a virtualised grid places its rows itself, which a table cannot
// biome-ignore-all lint/a11y/useFocusableInteractive: one tab stop for the grid; the active cell carries it
import { ChevronDown, ChevronRight } from 'lucide-react';
import { CopyButton } from '../../components/copy-button.tsx';
import type { KqlColumn } from '../../lib/api-types.ts';
import { cellText, isNumeric, type Row, rowJson } from '../../lib/cell.ts';
import s from './grid.module.css';
import type { CellPlace } from './grid-model.ts';

interface GridRowProps {
  readonly columns: readonly KqlColumn[];
  readonly row: Row;
  readonly place: number;
  readonly template: string;
  readonly isOpen: boolean;
  readonly active: CellPlace;
  readonly onToggle: () => void;
  readonly onFocus: (place: CellPlace) => void;
}

export function GridRow({ columns, row, place, template, isOpen, active, onToggle, onFocus }: GridRowProps) {
  return (
    <div role="row" aria-rowindex={place + 2} className={s.row} style={{ gridTemplateColumns: template }}>
      {/* The keyboard opens a row with Enter on any of its cells, so the button is no tab stop. */}
      <div role="gridcell" aria-colindex={1} className={s.expander}>
        <button
          type="button"
          tabIndex={-1}
          aria-expanded={isOpen}
          aria-label={`Record ${place + 1}`}
          onClick={onToggle}
        >
          {isOpen ? (
            <ChevronDown size={14} aria-hidden="true" />
          ) : (
            <ChevronRight size={14} aria-hidden="true" />
          )}
        </button>
      </div>
      {columns.map((column, index) => {
        const { text, dim } = cellText(row[index], column.type);
        return (
          <div
            // biome-ignore lint/suspicious/noArrayIndexKey: a column's place is its identity
            key={index}
            role="gridcell"
            aria-colindex={index + 2}
            data-place={`${place}:${index}`}
            data-num={isNumeric(column.type) || undefined}
            data-dim={dim || undefined}
            tabIndex={active.row === place && active.column === index ? 0 : -1}
            className={s.cell}
            onFocus={() => onFocus({ row: place, column: index })}
            onDoubleClick={onToggle}
          >
            <span className={s.text}>{text}</span>
          </div>
        );
      })}
    </div>
  );
}

interface DetailRowProps {
  readonly columns: readonly KqlColumn[];
  readonly row: Row;
  readonly place: number;
}

/** The whole record as JSON under its row. */
export function DetailRow({ columns, row, place }: DetailRowProps) {
  const json = rowJson(columns, row);
  return (
    <div role="row" aria-rowindex={place + 2} data-detail>
      <div role="gridcell" aria-colspan={columns.length + 1} className={s.detail}>
        <CopyButton text={json} label="Copy record as JSON" withText />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
        <pre tabIndex={0}>{json}</pre>
      </div>
    </div>
  );
}
