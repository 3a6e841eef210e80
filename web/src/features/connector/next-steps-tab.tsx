import { Link } from '@tanstack/react-router';
import { Play } from 'lucide-react';
import { buttonClass } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { KqlCode } from '../../components/kql-code.tsx';
import { Empty, Note } from '../../components/note.tsx';
import s from './connector.module.css';
import { useConnector } from './context.ts';

/** Sample queries, each to be opened in Query with the last 14 days. */
export function NextStepsTab() {
  const { definition } = useConnector();
  return (
    <section aria-labelledby="samples-title" className="stack">
      <h2 id="samples-title">Sample queries</h2>
      {definition.lastDataAt === null ? (
        <Note>No data yet; queries will return nothing until the first poll.</Note>
      ) : null}
      {definition.sampleQueries.length === 0 ? (
        <Empty>This definition brings no sample queries.</Empty>
      ) : null}
      {definition.sampleQueries.map((sample, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: published samples may repeat, and the list is fixed
        <article key={index} className={s.query}>
          <div className="row spread">
            <h3>{sample.description || `Query ${index + 1}`}</h3>
            <div className="row">
              <CopyButton text={sample.query} label={`Copy query: ${sample.description}`} />
              <Link
                to="/query"
                search={{ q: sample.query, from: '-14d', run: '1' }}
                className={buttonClass({ small: true })}
                aria-label={`Run in Query: ${sample.description}`}
              >
                <Play size={14} aria-hidden="true" />
                Run in Query
              </Link>
            </div>
          </div>
          <KqlCode text={sample.query} />
        </article>
      ))}
    </section>
  );
}
