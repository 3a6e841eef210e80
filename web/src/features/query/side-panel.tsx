import type { UseQueryResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import controls from '../../components/controls.module.css';
import { Disclosure } from '../../components/disclosure.tsx';
import { Region } from '../../components/region.tsx';
import type { QuerySchema } from '../../lib/api-types.ts';
import { readHistory } from './history.ts';
import s from './query.module.css';

interface SidePanelProps {
  readonly schema: UseQueryResult<QuerySchema>;
  readonly onInsert: (name: string) => void;
  readonly onPick: (query: string) => void;
}

/** Tables with their columns, and the last queries of this browser. */
export function SidePanel({ schema, onInsert, onPick }: SidePanelProps) {
  const [filter, setFilter] = useState('');
  const [history, setHistory] = useState<string[]>([]);
  return (
    <aside className={s.side} aria-label="Tables and history">
      <details open={matchMedia('(min-width: 901px)').matches}>
        <summary className={s.sideTitle}>Tables</summary>
        <Region query={schema} failure="Could not load the tables." rows={4}>
          {(data) => (
            <div className="stack-s">
              {data.tables.length === 0 ? (
                <p className="meta">
                  No tables yet. <Link to="/connectors">Connect something</Link>.
                </p>
              ) : null}
              {data.tables.length > 8 ? (
                <input
                  type="search"
                  className={controls.input}
                  aria-label="Filter tables"
                  placeholder="Filter"
                  value={filter}
                  onChange={(event) => setFilter(event.target.value)}
                />
              ) : null}
              <div>
                {data.tables
                  .filter((table) => table.name.toLowerCase().includes(filter.toLowerCase()))
                  .map((table) => (
                    <Disclosure key={table.name} title={table.name}>
                      <button
                        type="button"
                        className={s.insert}
                        onClick={() => onInsert(table.name)}
                        aria-label={`Insert table ${table.name}`}
                      >
                        Insert table name
                      </button>
                      <ul>
                        {table.columns.map((column) => (
                          <li key={column.name}>
                            <button
                              type="button"
                              className={s.column}
                              onClick={() => onInsert(column.name)}
                              aria-label={`Insert column ${column.name}, ${column.type}`}
                            >
                              <span className={s.columnName}>{column.name}</span>
                              <span className="meta">{column.type}</span>
                            </button>
                          </li>
                        ))}
                      </ul>
                    </Disclosure>
                  ))}
              </div>
            </div>
          )}
        </Region>
      </details>
      <details onToggle={() => setHistory(readHistory())}>
        <summary className={s.sideTitle}>History</summary>
        {history.length === 0 ? <p className="meta">Nothing run in this browser yet.</p> : null}
        <ul>
          {history.map((query) => (
            <li key={query}>
              <button
                type="button"
                className={s.past}
                title={query}
                aria-label={`Use query ${query}`}
                onClick={() => onPick(query)}
              >
                {query}
              </button>
            </li>
          ))}
        </ul>
      </details>
    </aside>
  );
}
