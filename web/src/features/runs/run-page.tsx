import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Empty, Note } from '../../components/note.tsx';
import { Page } from '../../components/page.tsx';
import { Region } from '../../components/region.tsx';
import { RunBadge, StatusBadge } from '../../components/status.tsx';
import { ListTable } from '../../components/table.tsx';
import { At } from '../../components/time.tsx';
import type { RunDetail } from '../../lib/api-types.ts';
import { formatBytes, formatCount, formatMs, formatTime, plural } from '../../lib/format.ts';
import { runQuery } from '../../lib/queries.ts';
import { Exchange } from './exchange.tsx';
import s from './run-page.module.css';
import { Why } from './why.tsx';

export function RunPage() {
  const { id } = useParams({ from: '/frame/runs/$id' });
  const query = useQuery(runQuery(id));
  const run = query.data;
  const crumbs = [
    { label: 'Connections', to: '/connections' },
    ...(run ? [{ label: 'Connection', to: `/connections/${run.connectionId}` }] : []),
  ];
  return (
    <Page
      key={id}
      title={run ? `Run ${formatTime(run.startedAt)}` : 'Run'}
      section="Connections"
      crumbs={crumbs}
      aside={run ? <RunBadge state={run.state} /> : null}
    >
      <Region query={query} failure={`Could not load the run ${id}.`} rows={6}>
        {(data) => <Detail run={data} />}
      </Region>
    </Page>
  );
}

function Detail({ run }: { readonly run: RunDetail }) {
  const tookMs = run.finishedAt ? Date.parse(run.finishedAt) - Date.parse(run.startedAt) : undefined;
  return (
    <div className="stack">
      {run.error ? (
        <Note kind="bad">
          <strong>{run.error.message}</strong>
          {run.error.hint ? <div>{run.error.hint}</div> : null}
          <div className="meta">
            <code>{run.error.code}</code>
          </div>
        </Note>
      ) : null}
      {run.error || run.requestTraces.some((trace) => trace.warning !== null) ? <Why runId={run.id} /> : null}
      <p>
        {plural(run.windows, 'window')}, {plural(run.requests, 'request')}, {plural(run.pages, 'page')}:{' '}
        {formatCount(run.received)} received, {formatCount(run.new)} new, {formatCount(run.duplicates)} seen
        before{tookMs === undefined ? '' : `, in ${formatMs(tookMs)}`}.{' '}
        <span className="muted">
          Delivery:{' '}
          {run.guarantee === 'exact' ? 'exact, the source gives each record a key' : 'at least once'}.
        </span>
      </p>
      <p>
        <Link to="/connections/$id" params={{ id: run.connectionId }}>
          Open the connection
        </Link>
      </p>
      <section className="stack-s" aria-labelledby="requests-title">
        <h2 id="requests-title">Requests</h2>
        {run.requestTraces.length === 0 ? <Empty>No request was recorded.</Empty> : <Requests run={run} />}
      </section>
    </div>
  );
}

const columns = [
  { key: 'n', label: '#', num: true },
  { key: 'status', label: 'Status' },
  { key: 'url', label: 'Request' },
  { key: 'at', label: 'Started (UTC)' },
  { key: 'took', label: 'Took', num: true },
  { key: 'size', label: 'Size', num: true },
  { key: 'rec', label: 'Records', num: true },
];

function Requests({ run }: { readonly run: RunDetail }) {
  return (
    <ListTable name="Requests" columns={columns}>
      {run.requestTraces.map((trace) => {
        const good = trace.error === null && trace.status !== null && trace.status < 400;
        return (
          <tr key={trace.ordinal}>
            <td data-num>{trace.ordinal}</td>
            <td>
              <StatusBadge
                look={good ? 'ok' : 'bad'}
                word={trace.status === null ? 'No answer' : String(trace.status)}
              />
            </td>
            <td className={s.url}>
              <span className="mono wrap">
                {trace.method} {trace.url}
              </span>
              {trace.error ? <div className={s.error}>{trace.error}</div> : null}
              {trace.warning ? <div className={s.error}>{trace.warning}</div> : null}
              <Exchange trace={trace} />
            </td>
            <td data-nowrap>
              <At at={trace.startedAt} />
            </td>
            <td data-num>{formatMs(trace.durationMs)}</td>
            <td data-num>{formatBytes(trace.bytes)}</td>
            <td data-num>{formatCount(trace.records)}</td>
          </tr>
        );
      })}
    </ListTable>
  );
}
