import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Page } from '../../components/page.tsx';
import { Loading, Region } from '../../components/region.tsx';
import { ConnectorBadge } from '../../components/status.tsx';
import { Tabs } from '../../components/tabs.tsx';
import type { Connection, DefinitionDetail } from '../../lib/api-types.ts';
import { connectionsQuery, definitionQuery } from '../../lib/queries.ts';
import { ConnectionPane } from './connection-pane.tsx';
import s from './connector.module.css';
import { ConnectorAside } from './connector-aside.tsx';
import { ConnectorProvider } from './context.ts';
import { DefinitionTab } from './definition-tab.tsx';
import { contextPanes } from './form-model.ts';
import { InstructionsTab } from './instructions-tab.tsx';
import { NextStepsTab } from './next-steps-tab.tsx';

export function ConnectorPage() {
  const { id } = useParams({ from: '/frame/connectors/$id' });
  const definition = useQuery(definitionQuery(id));
  const connections = useQuery(connectionsQuery);
  const title = definition.data?.title.trim() ?? id;
  return (
    <Page
      key={id}
      title={title}
      section="Connectors"
      crumbs={[{ label: 'Connectors', to: '/connectors' }]}
      aside={
        definition.data ? <ConnectorBadge status={definition.data.status} testId="connector.status" /> : null
      }
    >
      <Region query={definition} failure={`Could not load the connector ${id}.`} rows={8}>
        {(data) =>
          // The grid stands above the button that adds a connection: drawn late, it would move it from under a click.
          connections.isPending ? (
            <Loading rows={8} />
          ) : (
            <Loaded definition={data} all={connections.data ?? []} />
          )
        }
      </Region>
    </Page>
  );
}

function Loaded({
  definition,
  all,
}: {
  readonly definition: DefinitionDetail;
  readonly all: readonly Connection[];
}) {
  const search = useSearch({ from: '/frame/connectors/$id' });
  const navigate = useNavigate();
  const set = (change: { tab?: string | undefined; pane?: string | undefined }, replace = false) =>
    void navigate({
      to: '/connectors/$id',
      params: { id: definition.id },
      search: { ...search, ...change },
      replace,
      resetScroll: false,
    });
  const connections = all.filter((connection) => connection.definitionId === definition.id);
  const panes = contextPanes(definition.instructionSteps);
  const view = {
    definition,
    connections,
    panes,
    openAdd: (pane: number) => set({ pane: pane > 0 ? `add:${pane}` : 'add' }),
    openEdit: (connectionId: string) => set({ pane: `edit:${connectionId}` }),
  };
  const tabs = [
    { id: 'instructions', label: 'Instructions', content: <InstructionsTab /> },
    { id: 'next-steps', label: 'Next steps', content: <NextStepsTab /> },
    { id: 'definition', label: 'Definition', content: <DefinitionTab /> },
  ];
  const tab = tabs.some((item) => item.id === search.tab) ? (search.tab ?? 'instructions') : 'instructions';
  return (
    <ConnectorProvider value={view}>
      <div className={s.columns}>
        <ConnectorAside />
        <div className={s.right}>
          <Tabs
            name="Connector"
            items={tabs}
            selected={tab}
            onSelect={(next) => set({ tab: next === 'instructions' ? undefined : next }, true)}
          />
        </div>
      </div>
      {search.pane ? (
        <ConnectionPane
          key={search.pane}
          pane={search.pane}
          takenNames={all.map((item) => item.name)}
          onClose={() => set({ pane: undefined }, true)}
        />
      ) : null}
    </ConnectorProvider>
  );
}
