import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Search } from 'lucide-react';
import { Button } from '../../components/button.tsx';
import controls from '../../components/controls.module.css';
import { Empty } from '../../components/note.tsx';
import { Page } from '../../components/page.tsx';
import { Region } from '../../components/region.tsx';
import { connectorWords } from '../../components/status.tsx';
import type { ConnectorStatus, DefinitionSummary } from '../../lib/api-types.ts';
import { definitionsQuery } from '../../lib/queries.ts';
import { ConnectorCard } from './connector-card.tsx';
import s from './gallery.module.css';
import { filterConnectors, parseFilter, statusOrder } from './gallery-filter.ts';

export function GalleryPage() {
  const query = useQuery(definitionsQuery);
  return (
    <Page title="Connectors">
      <Region query={query} failure="Could not load the connectors." rows={6}>
        {(items) => (items.length === 0 ? <NothingInstalled /> : <Gallery items={items} />)}
      </Region>
    </Page>
  );
}

const NothingInstalled = () => (
  <Empty>
    <p>No connectors are installed.</p>
    <p>
      Install one with <code>sluice deploy &lt;folder&gt;</code>; definitions of the Codeless Connector
      Framework work as published.
    </p>
  </Empty>
);

function Gallery({ items }: { readonly items: readonly DefinitionSummary[] }) {
  const search = useSearch({ from: '/frame/connectors' });
  const navigate = useNavigate();
  const filter = parseFilter(search);
  const shown = filterConnectors(items, filter);
  const set = (change: Partial<Record<'q' | 'status' | 'sort', string | undefined>>) =>
    void navigate({ to: '/connectors', search: { ...search, ...change }, replace: true });
  const toggle = (status: ConnectorStatus) => {
    const next = filter.status.includes(status)
      ? filter.status.filter((item) => item !== status)
      : [...filter.status, status];
    set({ status: next.join(',') || undefined });
  };
  const connected = items.filter((item) => item.connections > 0).length;
  const filtered = filter.q !== '' || filter.status.length > 0;
  return (
    <div className="stack">
      <search className={s.filters}>
        <div className={s.search}>
          <Search size={16} aria-hidden="true" />
          <input
            type="search"
            className={controls.input}
            aria-label="Search connectors"
            placeholder="Search by name, publisher, table…"
            value={filter.q}
            onChange={(event) => set({ q: event.target.value || undefined })}
          />
        </div>
        <fieldset className={s.chips}>
          <legend className="visually-hidden">Status</legend>
          {statusOrder.map((status) => {
            const count = items.filter((item) => item.status === status).length;
            const on = filter.status.includes(status);
            if (count === 0 && !on) return null;
            return (
              <button
                key={status}
                type="button"
                className={s.chip}
                aria-pressed={on}
                onClick={() => toggle(status)}
              >
                {connectorWords[status].word} <span className="muted">{count}</span>
              </button>
            );
          })}
        </fieldset>
        <label className={s.sort}>
          <span className="meta">Sort</span>
          <select
            className={controls.input}
            value={filter.sort}
            onChange={(event) =>
              set({ sort: event.target.value === 'name' ? undefined : event.target.value })
            }
          >
            <option value="name">Name</option>
            <option value="status">Status</option>
            <option value="last-data">Last data</option>
          </select>
        </label>
      </search>
      <p className="meta" role="status">
        {connected} connected · {items.length - connected} available · {shown.length} shown
      </p>
      {shown.length === 0 ? (
        <Empty>
          <p>No connector matches{filter.q ? ` “${filter.q}”` : ' these filters'}.</p>
          {filtered ? (
            <Button onClick={() => set({ q: undefined, status: undefined })}>Clear filters</Button>
          ) : null}
        </Empty>
      ) : (
        <ul className={s.cards} aria-label="Connectors">
          {shown.map((item) => (
            <ConnectorCard key={item.id} item={item} />
          ))}
        </ul>
      )}
    </div>
  );
}
