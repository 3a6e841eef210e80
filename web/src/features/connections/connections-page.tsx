import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Button } from '../../components/button.tsx';
import controls from '../../components/controls.module.css';
import { Empty } from '../../components/note.tsx';
import { Page } from '../../components/page.tsx';
import { Region } from '../../components/region.tsx';
import { ConnectionBadge, connectionWords } from '../../components/status.tsx';
import { ListTable } from '../../components/table.tsx';
import { Ago } from '../../components/time.tsx';
import type { Connection, ConnectionState } from '../../lib/api-types.ts';
import { formatCount, formatSeconds } from '../../lib/format.ts';
import { connectionsQuery } from '../../lib/queries.ts';
import { ConnectionMenu } from './connection-menu.tsx';
import s from './connections.module.css';
import { behindSeconds, filterConnections } from './list-model.ts';

const columns = [
  { key: 'name', label: 'Name' },
  { key: 'connector', label: 'Connector' },
  { key: 'state', label: 'Status' },
  { key: 'data', label: 'Last data' },
  { key: 'behind', label: 'Behind', num: true },
  { key: 'run', label: 'Last run' },
  { key: 'new', label: 'New events', num: true },
  { key: 'next', label: 'Next run' },
  { key: 'menu', label: '' },
];

export function ConnectionsPage() {
  const query = useQuery(connectionsQuery);
  return (
    <Page title="Connections">
      <Region query={query} failure="Could not load the connections." rows={6}>
        {(items) =>
          items.length === 0 ? (
            <Empty>
              <p>Nothing is connected yet.</p>
              <p>
                <Link to="/connectors">Choose a connector</Link>
              </p>
            </Empty>
          ) : (
            <List items={items} />
          )
        }
      </Region>
    </Page>
  );
}

function List({ items }: { readonly items: readonly Connection[] }) {
  const search = useSearch({ from: '/frame/connections' });
  const navigate = useNavigate();
  const set = (change: { q?: string | undefined; state?: string | undefined }) =>
    void navigate({ to: '/connections', search: { ...search, ...change }, replace: true });
  const shown = filterConnections(items, search.q ?? '', search.state ?? '');
  const states = [...new Set(items.map((item) => item.state))];
  return (
    <div className="stack">
      <search className={s.filters}>
        <input
          type="search"
          className={controls.input}
          aria-label="Search connections"
          placeholder="Search by name or connector…"
          value={search.q ?? ''}
          onChange={(event) => set({ q: event.target.value || undefined })}
        />
        <select
          className={controls.input}
          aria-label="Status"
          value={search.state ?? ''}
          onChange={(event) => set({ state: event.target.value || undefined })}
        >
          <option value="">Any status</option>
          {states.map((state: ConnectionState) => (
            <option key={state} value={state}>
              {connectionWords[state].word}
            </option>
          ))}
        </select>
      </search>
      {shown.length === 0 ? (
        <Empty>
          <p>No connection matches these filters.</p>
          <Button onClick={() => set({ q: undefined, state: undefined })}>Clear filters</Button>
        </Empty>
      ) : (
        <ListTable name="Connections" columns={columns}>
          {shown.map((item) => (
            <ConnectionRow key={item.id} item={item} />
          ))}
        </ListTable>
      )}
    </div>
  );
}

function ConnectionRow({ item }: { readonly item: Connection }) {
  const behind = behindSeconds(item);
  return (
    <tr data-testid="connections.row">
      <th scope="row">
        <Link to="/connections/$id" params={{ id: item.id }}>
          {item.name}
        </Link>
      </th>
      <td>
        <Link to="/connectors/$id" params={{ id: item.definitionId }}>
          {item.definitionTitle.trim()}
        </Link>
      </td>
      <td title={item.stateReason}>
        <ConnectionBadge state={item.state} />
      </td>
      <td data-nowrap>
        <Ago at={item.lastDataAt} />
      </td>
      <td data-num>{behind === null ? '–' : formatSeconds(behind)}</td>
      <td data-nowrap>
        {item.lastRun ? (
          <Link to="/runs/$id" params={{ id: item.lastRun.id }}>
            <Ago at={item.lastRun.startedAt} />
          </Link>
        ) : (
          <span className="muted">never</span>
        )}
      </td>
      <td data-num>{item.lastRun ? formatCount(item.lastRun.new) : '–'}</td>
      <td data-nowrap>
        <Ago at={item.nextRunAt} never="–" />
      </td>
      <td data-num>
        <ConnectionMenu connection={item} />
      </td>
    </tr>
  );
}
