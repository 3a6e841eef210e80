import { useQuery } from '@tanstack/react-query';
import { Region } from '../../components/region.tsx';
import { explanationQuery } from '../../lib/queries.ts';

/** Cause, place and fix of a run that failed, or of an answer that looked wrong. */
export function Why({ runId }: { readonly runId: string }) {
  const query = useQuery(explanationQuery(runId));
  return (
    <section className="stack-s" aria-labelledby="why-title">
      <h2 id="why-title">Why</h2>
      <Region query={query} failure="Could not load the explanation of this run." rows={3}>
        {(why) => (
          <dl className="stack-s">
            <div>
              <dt className="meta">What happened</dt>
              <dd className="wrap">{why.what}</dd>
            </div>
            <div>
              <dt className="meta">Likely cause, confidence {why.confidence}</dt>
              <dd className="wrap">{why.cause}</dd>
            </div>
            {why.place ? (
              <div>
                <dt className="meta">Place in the definition</dt>
                <dd>
                  <code className="wrap">
                    {why.place.file} {why.place.path}
                  </code>
                </dd>
              </div>
            ) : null}
            <div>
              <dt className="meta">What to do</dt>
              <dd className="wrap">{why.fix}</dd>
            </div>
          </dl>
        )}
      </Region>
    </section>
  );
}
