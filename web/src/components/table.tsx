// biome-ignore-all lint/a11y/useSemanticElements: the scrolling frame is no form group
import type { ReactNode } from 'react';
import s from './table.module.css';

export interface TableColumn {
  readonly key: string;
  readonly label: string;
  readonly num?: boolean;
}

interface ListTableProps {
  /** Accessible name of the table. */
  readonly name: string;
  readonly columns: readonly TableColumn[];
  readonly children: ReactNode;
}

/** A native table; rows are the children. Wide tables scroll inside their own frame. */
export function ListTable({ name, columns, children }: ListTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <div className={s.scroll} role="group" aria-label={`${name}, table`} tabIndex={0}>
      <table className={s.table} aria-label={name}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col" data-num={column.num || undefined}>
                {column.label === '' ? <span className="visually-hidden">Actions</span> : column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
