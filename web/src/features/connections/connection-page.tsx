import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { DeleteConnection } from '../../components/delete-connection.tsx';
import { Empty, Note } from '../../components/note.tsx';
import { Page } from '../../components/page.tsx';
import { Region } from '../../components/region.tsx';
import { ConnectionBadge, RunBadge } from '../../components/status.tsx';
import { ListTable } from '../../components/table.tsx';
import { Ago, At } from '../../components/time.tsx';
import { useConnectionActions } from '../../components/use-connection-actions.tsx';
import type { Connection, RunSummary } from '../../lib/api-types.ts';
import { formatCount, formatMs, formatSeconds, plural } from '../../lib/format.ts';
import { connectionQuery, runsQuery } from '../../lib/queries.ts';
import { useMissingRole } from '../../lib/session.ts';
import s from './connections.module.css';
import { behindSeconds } from './list-model.ts';

export function ConnectionPage() {
  const { id } = useParams({ from: '/frame/connections/$id' });
  const query = useQuery(connectionQuery(id));
  return (
    <Page
      key={id}
      title={query.data?.name ?? id}
      section="Connections"
      crumbs={[{ label: 'Connections', to: '/connections' }]}
      aside={query.data ? <ConnectionBadge state={query.data.state} testId="connection.state" /> : null}
      actions={query.data ? <Actions connection={query.data} /> : null}
    >
      <Region query={query} failure={`Could not load the connection ${id}.`} rows={6}>
        {(connection) => <Detail connection={connection} />}
      </Region>
    </Page>
  );
}

function Actions({ connection }: { readonly connection: Connection }) {
  const actions = useConnectionActions();
  const missing = useMissingRole('editor');
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const paused = connection.state === 'paused';
  const edit = () =>
    void navigate({
      to: '/connectors/$id',
      params: { id: connection.definitionId },
      search: { pane: `edit:${connection.id}` },
    });
  return (
    <>
      <Button
        blocked={missing ?? (paused ? 'The connection is paused.' : undefined)}
        onClick={() => void actions.runNow(connection)}
      >
        Run now
      </Button>
      {paused ? (
        <Button blocked={missing} onClick={() => void actions.resume(connection)}>
          Resume
        </Button>
      ) : (
        <Button blocked={missing} onClick={() => void actions.pause(connection)}>
          Pause
        </Button>
      )}
      <Button blocked={missing} onClick={edit}>
        Modify
      </Button>
      <Button blocked={missing} onClick={() => setAsking(true)}>
        Delete
      </Button>
      <DeleteConnection
        connection={asking ? connection : undefined}
        onClose={() => setAsking(false)}
        onDeleted={() => void navigate({ to: '/connections' })}
      />
    </>
  );
}

const noteKinds: Partial<Record<Connection['state'], 'bad' | 'warn'>> = {
  failing: 'bad',
  throttled: 'warn',
  degraded: 'warn',
};

function Detail({ connection }: { readonly connection: Connection }) {
  const { lastRun } = connection;
  const behind = behindSeconds(connection);
  const kind = noteKinds[connection.state] ?? 'info';
  return (
    <div className="stack">
      <Note kind={kind}>
        <span data-testid="connection.reason">{connection.stateReason}</span>
        {lastRun?.error ? (
          <div>
            {lastRun.error.hint}{' '}
            <Link to="/runs/$id" params={{ id: lastRun.id }}>
              See the requests of the last run
            </Link>
          </div>
        ) : null}
      </Note>
      <dl className={s.tiles}>
        <div>
          <dt>Connector</dt>
          <dd>
            <Link to="/connectors/$id" params={{ id: connection.definitionId }}>
              {connection.definitionTitle.trim()}
            </Link>
          </dd>
        </div>
        <div>
          <dt>Last data</dt>
          <dd>
            <Ago at={connection.lastDataAt} />
          </dd>
        </div>
        <div>
          <dt>Behind</dt>
          <dd>{behind === null ? '–' : formatSeconds(behind)}</dd>
        </div>
        <div>
          <dt>Next run</dt>
          <dd>
            <Ago at={connection.nextRunAt} never="–" />
          </dd>
        </div>
        <div>
          <dt>Waiting to be stored</dt>
          <dd>{plural(connection.pendingInserts, 'insert')}</dd>
        </div>
      </dl>
      <section className="stack-s" aria-labelledby="pollers-title">
        <h2 id="pollers-title">Pollers</h2>
        <ListTable
          name="Pollers"
          columns={[
            { key: 'n', label: 'Poller' },
            { key: 'u', label: 'Collected until (UTC)' },
            { key: 'b', label: 'Behind', num: true },
            { key: 't', label: 'Tables' },
          ]}
        >
          {connection.pollers.map((poller) => (
            <tr key={poller.name}>
              <th scope="row">{poller.name}</th>
              <td>
                {poller.collectedUntil ? (
                  <At at={poller.collectedUntil} />
                ) : poller.hasCursor ? (
                  'by cursor'
                ) : (
                  'not yet'
                )}
              </td>
              <td data-num>{poller.behindSeconds === null ? '–' : formatSeconds(poller.behindSeconds)}</td>
              <td className="wrap">{poller.tables.join(', ')}</td>
            </tr>
          ))}
        </ListTable>
      </section>
      <Runs connectionId={connection.id} />
    </div>
  );
}

const runColumns = [
  { key: 'at', label: 'Started (UTC)' },
  { key: 'state', label: 'Result' },
  { key: 'req', label: 'Requests', num: true },
  { key: 'rec', label: 'Received', num: true },
  { key: 'new', label: 'New', num: true },
  { key: 'dup', label: 'Duplicates', num: true },
  { key: 'took', label: 'Took', num: true },
  { key: 'err', label: 'Error' },
];

const took = (run: RunSummary) =>
  run.finishedAt ? formatMs(Date.parse(run.finishedAt) - Date.parse(run.startedAt)) : '–';

function Runs({ connectionId }: { readonly connectionId: string }) {
  const query = useQuery(runsQuery(connectionId, 50));
  return (
    <section className="stack-s" aria-labelledby="runs-title">
      <h2 id="runs-title">Runs</h2>
      <Region query={query} failure="Could not load the runs." rows={4}>
        {(runs) =>
          runs.length === 0 ? (
            <Empty>No run yet.</Empty>
          ) : (
            <ListTable name="Runs" columns={runColumns}>
              {runs.map((run) => (
                <tr key={run.id}>
                  <th scope="row" data-nowrap>
                    <Link to="/runs/$id" params={{ id: run.id }}>
                      <At at={run.startedAt} />
                    </Link>
                  </th>
                  <td>
                    <RunBadge state={run.state} />
                  </td>
                  <td data-num>{formatCount(run.requests)}</td>
                  <td data-num>{formatCount(run.received)}</td>
                  <td data-num>{formatCount(run.new)}</td>
                  <td data-num>{formatCount(run.duplicates)}</td>
                  <td data-num>{took(run)}</td>
                  <td className="wrap">{run.error?.message ?? ''}</td>
                </tr>
              ))}
            </ListTable>
          )
        }
      </Region>
    </section>
  );
}
