import { useQuery } from '@tanstack/react-query';
import { DataGraph } from '../../components/data-graph.tsx';
import { Logo } from '../../components/logo.tsx';
import { Markdown } from '../../components/markdown.tsx';
import { Ago } from '../../components/time.tsx';
import { definitionStatusQuery } from '../../lib/queries.ts';
import s from './connector.module.css';
import { useConnector } from './context.ts';

/** The left column: who made it, how it is, what it brings. */
export function ConnectorAside() {
  const { definition, connections } = useConnector();
  return (
    <div className={s.aside}>
      <div className={s.identity}>
        <Logo id={definition.id} title={definition.title} hasLogo={definition.hasLogo} large />
        <dl className={s.facts}>
          <div>
            <dt>Publisher</dt>
            <dd>{definition.publisher}</dd>
          </div>
          <div>
            <dt>Connections</dt>
            <dd>{connections.length}</dd>
          </div>
          <div>
            <dt>Last data</dt>
            <dd data-testid="connector.last-data">
              <Ago at={definition.lastDataAt} />
            </dd>
          </div>
          <div>
            <dt>Source</dt>
            <dd>
              {definition.origin === 'builtin' ? 'Built in' : 'Deployed'}
              {definition.isPreview ? ' · Preview' : ''}
            </dd>
          </div>
        </dl>
      </div>
      <section aria-labelledby="description-title">
        <h2 id="description-title">Description</h2>
        <Markdown text={definition.descriptionMarkdown} />
      </section>
      <DataGraph definitionId={definition.id} />
      <DataTypes />
    </div>
  );
}

function DataTypes() {
  const { definition } = useConnector();
  const status = useQuery(definitionStatusQuery(definition.id));
  if (definition.dataTypes.length === 0) return null;
  return (
    <section aria-labelledby="types-title">
      <h2 id="types-title">Data types</h2>
      <ul className={s.types}>
        {definition.dataTypes.map((type) => {
          const known = status.data?.dataTypes.find((item) => item.name === type.name);
          return (
            <li key={type.name}>
              <span className="mono wrap">{type.name}</span>
              <span className="meta">
                {known?.error ? (
                  `could not be read: ${known.error}`
                ) : known ? (
                  <Ago at={known.lastDataAt} />
                ) : (
                  '…'
                )}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
