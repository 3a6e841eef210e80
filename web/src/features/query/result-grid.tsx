// biome-ignore-all lint/a11y/useSemanticElements: a virtualised grid places its rows itself, which a table cannot
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { KqlColumn } from '../../lib/api-types.ts';
import { plainText, type Row, sortedOrder } from '../../lib/cell.ts';
import { copyText } from '../../lib/clipboard.ts';
import { announce, toast } from '../../lib/messages.ts';
import s from './grid.module.css';
import { HeaderRow, type Sort } from './grid-header.tsx';
import { type CellPlace, columnWidths, moveCell } from './grid-model.ts';
import { DetailRow, GridRow } from './grid-row.tsx';

interface ResultGridProps {
  readonly columns: readonly KqlColumn[];
  /** Grows in place while rows arrive; `count` says how far. */
  readonly rows: readonly Row[];
  readonly count: number;
  /** False while rows still arrive: sorting waits. */
  readonly settled: boolean;
}

const ROW_PX = 28;
const PAGE_ROWS = 15;
const EXPAND_PX = 34;
/** Frames to wait until a far row is drawn. */
const FOCUS_TRIES = 20;

/** Virtualised result grid: one tab stop, arrow keys, Enter opens a row, Ctrl+C copies a cell (ui.md §4.4). */
export function ResultGrid({ columns, rows, count, settled }: ResultGridProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [sort, setSort] = useState<Sort>();
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const [active, setActive] = useState<CellPlace>({ row: 0, column: 0 });
  const moved = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new result starts over
  useEffect(() => {
    setSort(undefined);
    setOpen(new Set());
    setActive({ row: 0, column: 0 });
    moved.current = false;
    scroller.current?.scrollTo({ top: 0, left: 0 });
  }, [rows]);
  const sampled = Math.min(count, 60);
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows grow in place; the sample is what counts
  const widths = useMemo(() => columnWidths(columns, rows), [columns, rows, sampled]);
  const order = useMemo(
    () =>
      sort && settled
        ? sortedOrder(rows, sort.column, columns[sort.column]?.type ?? 'string', sort.descending)
        : undefined,
    [rows, sort, settled, columns],
  );
  const indexAt = (place: number) => order?.[place] ?? place;
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    scrollPaddingStart: ROW_PX,
    useFlushSync: false,
  });

  const toggle = (place: number) => {
    const index = indexAt(place);
    const next = new Set(open);
    if (!next.delete(index)) next.add(index);
    setOpen(next);
  };
  const sortBy = (column: number) =>
    setSort(
      sort?.column !== column
        ? { column, descending: false }
        : sort.descending
          ? undefined
          : { column, descending: true },
    );
  const copyCell = ({ row, column }: CellPlace) => {
    const text = row < 0 ? (columns[column]?.name ?? '') : plainText(rows[indexAt(row)]?.[column]);
    copyText(text).then(
      () => announce('Copied.'),
      () => toast({ kind: 'bad', text: 'The browser refused to copy.' }),
    );
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if ((event.target as HTMLElement).closest('[data-detail]')) return;
    const ctrl = event.ctrlKey || event.metaKey;
    const next = moveCell(event.key, ctrl, active, { row: count - 1, column: columns.length - 1 }, PAGE_ROWS);
    if (next) {
      event.preventDefault();
      moved.current = true;
      setActive(next);
      if (next.row >= 0) virtual.scrollToIndex(next.row);
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      if (active.row < 0) sortBy(active.column);
      else toggle(active.row);
    } else if (ctrl && event.key === 'c' && !getSelection()?.toString()) {
      event.preventDefault();
      copyCell(active);
    }
  };
  // The focus follows the active cell once it is drawn.
  useEffect(() => {
    if (!moved.current) return;
    let frame = 0;
    const follow = (triesLeft: number) => {
      frame = requestAnimationFrame(() => {
        const cell = scroller.current?.querySelector<HTMLElement>(
          `[data-place="${active.row}:${active.column}"]`,
        );
        if (!cell && triesLeft > 0) return follow(triesLeft - 1);
        cell?.focus({ preventScroll: true });
        cell?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
      });
    };
    follow(FOCUS_TRIES);
    return () => cancelAnimationFrame(frame);
  }, [active]);

  const total = widths.reduce((sum, width) => sum + width, EXPAND_PX);
  const template = [`${EXPAND_PX}px`, ...widths.map((width) => `${width}px`)].join(' ');
  const choose = (place: CellPlace) => {
    moved.current = false;
    setActive(place);
  };
  return (
    <div ref={scroller} className={s.scroller} data-testid="query.grid">
      <div
        role="grid"
        aria-label="Query results"
        aria-rowcount={count + 1}
        aria-colcount={columns.length + 1}
        className={s.grid}
        style={{ width: total }}
        onKeyDown={onKeyDown}
      >
        <HeaderRow
          columns={columns}
          template={template}
          sort={sort}
          active={active}
          onSort={sortBy}
          onFocus={choose}
        />
        <div role="presentation" className={s.space} style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const index = indexAt(item.index);
            const row = rows[index];
            if (!row) return null;
            return (
              <div
                key={item.key}
                ref={virtual.measureElement}
                data-index={item.index}
                role="presentation"
                className={s.item}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <GridRow
                  columns={columns}
                  row={row}
                  place={item.index}
                  template={template}
                  isOpen={open.has(index)}
                  active={active}
                  onToggle={() => toggle(item.index)}
                  onFocus={choose}
                />
                {open.has(index) ? <DetailRow columns={columns} row={row} place={item.index} /> : null}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
