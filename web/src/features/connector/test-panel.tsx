import { useEffect, useRef } from 'react';
import { Disclosure } from '../../components/disclosure.tsx';
import { Note } from '../../components/note.tsx';
import { ErrorState } from '../../components/region.tsx';
import type { ApiError } from '../../lib/api.ts';
import type { TestResult } from '../../lib/api-types.ts';
import { escapeHidden } from '../../lib/cell.ts';
import { formatMs, plural } from '../../lib/format.ts';
import s from './connector.module.css';

interface TestPanelProps {
  readonly result: TestResult | undefined;
  readonly error: ApiError | undefined;
  readonly busy: boolean;
  readonly stored: boolean;
}

type RequestResult = TestResult['requests'][number];

function pretty(text: string): string {
  try {
    return escapeHidden(JSON.stringify(JSON.parse(text), null, 2));
  } catch {
    return escapeHidden(text);
  }
}

/** What the first real request brought; nothing is stored by a test. */
export function TestPanel({ result, error, busy, stored }: TestPanelProps) {
  const panel = useRef<HTMLElement>(null);
  const answered = result !== undefined || error !== undefined;
  useEffect(() => {
    if (answered) panel.current?.scrollIntoView({ block: 'nearest' });
  }, [answered]);
  return (
    <section
      ref={panel}
      aria-label="Test result"
      aria-live="polite"
      className="stack-s"
      data-testid="pane.test-result"
    >
      {busy ? <Note>Calling the source…</Note> : null}
      {error ? <ErrorState error={error} what="The test could not be made." /> : null}
      {result ? (
        <>
          <Note kind={result.ok ? 'ok' : 'bad'}>
            <strong>{result.ok ? 'Test passed' : 'Test failed'}</strong>
            <div className="meta">
              Nothing was stored by the test{stored ? '; it used the saved values' : ''}.
            </div>
          </Note>
          {result.requests.map((request) => (
            <RequestView key={request.poller + request.url} request={request} />
          ))}
        </>
      ) : null}
    </section>
  );
}

function RequestView({ request }: { readonly request: RequestResult }) {
  const good = request.error === null;
  return (
    <div className="stack-s">
      <div className="mono wrap">
        {request.method} {request.url}
      </div>
      <div className="row meta">
        <span>Status {request.status ?? '–'}</span>
        <span>{formatMs(request.durationMs)}</span>
        {good ? (
          <span>
            {request.records === 0
              ? 'Signed in. No records in this window; this is normal for a quiet source.'
              : plural(request.records, 'record')}
          </span>
        ) : null}
      </div>
      {request.error ? (
        <Note kind="bad">
          {request.error.message}
          {request.error.hint ? <div>{request.error.hint}</div> : null}
          <div className="meta">
            <code>{request.error.code}</code>
          </div>
        </Note>
      ) : null}
      {request.sample.length > 0 ? (
        <Disclosure title="First records" summary={plural(request.sample.length, 'record')} open>
          {request.sample.map((sample, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a fixed list whose entries may repeat
            // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
            <pre key={index} className={s.sample} tabIndex={0}>
              {pretty(sample)}
            </pre>
          ))}
        </Disclosure>
      ) : null}
    </div>
  );
}
