import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Empty, Note } from '../../components/note.tsx';
import { Page } from '../../components/page.tsx';
import { Region } from '../../components/region.tsx';
import { StatusBadge, type StatusLook } from '../../components/status.tsx';
import { ListTable } from '../../components/table.tsx';
import { At } from '../../components/time.tsx';
import type { Health, HealthEvent } from '../../lib/api-types.ts';
import { formatBytes, formatCount, formatSeconds } from '../../lib/format.ts';
import { eventsQuery, healthQuery } from '../../lib/queries.ts';
import s from './system-page.module.css';

const words: Record<Health['status'], { look: StatusLook; word: string }> = {
  ok: { look: 'ok', word: 'Healthy' },
  degraded: { look: 'warn', word: 'Degraded' },
  failing: { look: 'bad', word: 'Failing' },
};
const severities: Record<HealthEvent['severity'], { look: StatusLook; word: string }> = {
  info: { look: 'info', word: 'Info' },
  warning: { look: 'warn', word: 'Warning' },
  error: { look: 'bad', word: 'Error' },
};

export function SystemPage() {
  const health = useQuery(healthQuery);
  const events = useQuery(eventsQuery);
  return (
    <Page
      title="System"
      aside={health.data ? <StatusBadge {...words[health.data.status]} testId="system.status" /> : null}
    >
      <div className="stack">
        <Region query={health} failure="Could not load the state of the server." rows={6}>
          {(data) => <Facts health={data} />}
        </Region>
        <section className="stack-s" aria-labelledby="events-title">
          <h2 id="events-title">Health events</h2>
          <Region query={events} failure="Could not load the health events." rows={4}>
            {(items) =>
              items.length === 0 ? <Empty>Nothing has happened yet.</Empty> : <Events items={items} />
            }
          </Region>
        </section>
      </div>
    </Page>
  );
}

function Facts({ health }: { readonly health: Health }) {
  const { engine, disk, connections, outbox, alerts } = health;
  const used = disk.totalBytes > 0 ? Math.round((1 - disk.freeBytes / disk.totalBytes) * 100) : 0;
  return (
    <div className="stack">
      {disk.collectionPaused ? (
        <Note kind="bad" role="alert">
          Collection is paused: free space is below {formatBytes(disk.watermarkBytes)}. Free some space on the
          disk, or lower the limit in <Link to="/settings">Settings</Link>.
        </Note>
      ) : null}
      {alerts.map((alert) => (
        <Note key={`${alert.connection} ${alert.kind}`} kind="bad" role="alert">
          {alert.message} Overdue since <At at={alert.since} />. See{' '}
          <Link to="/connections">Connections</Link>.
        </Note>
      ))}
      <dl className={s.facts}>
        <div>
          <dt>Version</dt>
          <dd>{health.version}</dd>
        </div>
        <div>
          <dt>Up for</dt>
          <dd>{formatSeconds(health.uptimeSeconds)}</dd>
        </div>
        <div>
          <dt>Engine</dt>
          <dd>
            {engine.state}
            {engine.version ? ` · ${engine.version}` : ''}
            <Sub>
              {engine.restarts} restarts{engine.pid ? ` · process ${engine.pid}` : ''}
            </Sub>
            {engine.lastError ? <Sub>{engine.lastError}</Sub> : null}
          </dd>
        </div>
        <div>
          <dt>Disk</dt>
          <dd>
            {formatBytes(disk.freeBytes)} free
            <Sub>
              {used} % of {formatBytes(disk.totalBytes)} used · stops below {formatBytes(disk.watermarkBytes)}
            </Sub>
          </dd>
        </div>
        <div>
          <dt>Connections</dt>
          <dd>
            <Link to="/connections">{formatCount(connections.ok)} healthy</Link>
            <Sub>
              {connections.failing} failing · {connections.paused} paused · {connections.running} running
            </Sub>
          </dd>
        </div>
        <div>
          <dt>Inserts</dt>
          <dd>
            {formatCount(outbox.pending)} waiting<Sub>{formatCount(outbox.failed)} failed</Sub>
          </dd>
        </div>
        <div className={s.wide}>
          <dt>Data folder</dt>
          <dd className="mono wrap">{health.dataFolder}</dd>
        </div>
      </dl>
    </div>
  );
}

const Sub = ({ children }: { readonly children: React.ReactNode }) => (
  <div className="meta wrap">{children}</div>
);

function Events({ items }: { readonly items: readonly HealthEvent[] }) {
  return (
    <ListTable
      name="Health events"
      columns={[
        { key: 'at', label: 'Time (UTC)' },
        { key: 's', label: 'Severity' },
        { key: 'k', label: 'Kind' },
        { key: 'm', label: 'Message' },
      ]}
    >
      {items.map((item) => (
        <tr key={item.id}>
          <td data-nowrap>
            <At at={item.at} />
          </td>
          <td>
            <StatusBadge {...severities[item.severity]} />
          </td>
          <td className="mono" data-nowrap>
            {item.kind}
          </td>
          <td className="wrap">
            {item.message}
            {item.connectionId ? (
              <>
                {' '}
                ·{' '}
                <Link to="/connections/$id" params={{ id: item.connectionId }}>
                  connection
                </Link>
              </>
            ) : null}
          </td>
        </tr>
      ))}
    </ListTable>
  );
}
