import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { Graph } from '../lib/api-types.ts';
import { formatCount } from '../lib/format.ts';
import { binLabel, fillGraph, type GraphSpan, graphRange, graphSpans } from '../lib/graph.ts';
import { graphQuery } from '../lib/queries.ts';
import { useNow } from '../lib/use-now.ts';
import { Chart } from './chart.tsx';
import controls from './controls.module.css';
import s from './data-graph.module.css';
import { Note } from './note.tsx';
import { Region } from './region.tsx';
import { ListTable } from './table.tsx';

/** "Data received" of a connector: the definition's graph queries over 14 days, or another span. */
export function DataGraph({ definitionId }: { readonly definitionId: string }) {
  const [span, setSpan] = useState<GraphSpan>('14d');
  const [asTable, setAsTable] = useState(false);
  const nowMs = useNow();
  const range = graphRange(span, nowMs);
  const query = useQuery(graphQuery(definitionId, range));
  return (
    <section aria-labelledby="graph-title" className="stack-s" data-testid="connector.graph">
      <div className="row spread">
        <h2 id="graph-title">Data received</h2>
        <select
          className={`${controls.input} ${s.span}`}
          aria-label="Graph time span"
          value={span}
          onChange={(event) => setSpan(event.target.value as GraphSpan)}
        >
          {graphSpans.map((item) => (
            <option key={item.value} value={item.value}>
              {item.label}
            </option>
          ))}
        </select>
      </div>
      <Region query={query} failure="Could not load the graph." rows={5}>
        {(graph) => <GraphView graph={graph} asTable={asTable} />}
      </Region>
      <button type="button" className={s.toggle} onClick={() => setAsTable(!asTable)}>
        {asTable ? 'View as chart' : 'View as table'}
      </button>
    </section>
  );
}

function GraphView({ graph, asTable }: { readonly graph: Graph; readonly asTable: boolean }) {
  const { starts, series } = useMemo(() => fillGraph(graph), [graph]);
  const failed = series.filter((item) => item.error);
  const good = useMemo(() => series.filter((item) => !item.error), [series]);
  const total = good.reduce((sum, item) => sum + item.total, 0);
  const summary = `${good.map((item) => `${item.metricName}: ${formatCount(item.total)} ${item.legend}`).join('; ')}.`;
  return (
    <div className="stack-s">
      {good[0] ? <div className="meta">{good[0].metricName}</div> : null}
      {failed.map((item) => (
        <Note key={item.legend} kind="warn">
          {item.legend} could not be counted: {item.error}
        </Note>
      ))}
      {asTable ? (
        <ListTable
          name="Data received"
          columns={[
            { key: 'at', label: 'Start (UTC)' },
            ...good.map((item) => ({ key: item.legend, label: item.legend, num: true })),
          ]}
        >
          {starts.map((at, index) => (
            <tr key={at}>
              <td>{binLabel(at, graph.binMinutes)}</td>
              {good.map((item) => (
                <td key={item.legend} data-num>
                  {formatCount(item.values[index] ?? 0)}
                </td>
              ))}
            </tr>
          ))}
        </ListTable>
      ) : (
        <Chart starts={starts} series={good} binMinutes={graph.binMinutes} summary={summary} />
      )}
      <ul className={s.legend}>
        {good.map((item, index) => (
          <li key={item.legend} className="row">
            <span className={s.swatch} data-series={index % 6} aria-hidden="true" />
            <span className="grow">{item.legend}</span>
            <strong className="num" data-testid="connector.graph-total">
              {formatCount(item.total)}
            </strong>
          </li>
        ))}
      </ul>
      {total === 0 && failed.length === 0 ? <div className="meta">No events in this time.</div> : null}
    </div>
  );
}
