import type { UseQueryResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useEffect, useState } from 'react';
import { toApiError } from '../lib/api.ts';
import { Button } from './button.tsx';
import s from './controls.module.css';
import { CopyButton } from './copy-button.tsx';
import { Note } from './note.tsx';

interface ErrorStateProps {
  readonly error: unknown;
  readonly what: string;
  readonly onRetry?: () => void;
}

/** What failed, why, how to mend it, and the request's id (ui.md §4.1). */
export function ErrorState({ error, what, onRetry }: ErrorStateProps) {
  const { problem } = toApiError(error);

  return (
    <Note kind="bad" role="alert">
      <div className="stack-s">
        <div>
          <strong>{what}</strong> {problem.detail}
        </div>
        {problem.hint ? <div>{problem.hint}</div> : null}
        <div className="row meta">
          <code>{problem.code}</code>
          {problem.requestId ? (
            <>
              <span>Request {problem.requestId}</span>
              <CopyButton text={problem.requestId} label="Copy request id" />
            </>
          ) : null}
        </div>
        <div className="row">
          {onRetry ? (
            <Button small onClick={onRetry}>
              Retry
            </Button>
          ) : null}
          {problem.status === 404 ? <Link to="/connectors">All connectors</Link> : null}
        </div>
      </div>
    </Note>
  );
}

const SHOW_AFTER_MS = 150;
const STILL_AFTER_MS = 3000;

/** Nothing for 150 ms, then bars; says so after 3 s. */
export function Loading({ rows = 3 }: { readonly rows?: number }) {
  const [stage, setStage] = useState(0);
  useEffect(() => {
    const timers = [
      setTimeout(() => setStage(1), SHOW_AFTER_MS),
      setTimeout(() => setStage(2), STILL_AFTER_MS),
    ];
    return () => timers.forEach(clearTimeout);
  }, []);
  return (
    <div aria-busy="true" className="stack-s">
      {stage > 0
        ? Array.from({ length: rows }, (_, index) => `bar-${index}`).map((key) => (
            <div key={key} className={s.skeleton} />
          ))
        : null}
      <div role="status" className="meta">
        {stage > 1 ? 'Still loading…' : ''}
      </div>
    </div>
  );
}

interface RegionProps<T> {
  readonly query: UseQueryResult<T>;
  /** Sentence for the failure, such as "Could not load the connectors." */
  readonly failure: string;
  readonly rows?: number;
  readonly children: (data: T) => ReactNode;
}

/** Loading, error and stale data for one region; shows old data while a refetch fails. */
export function Region<T>({ query, failure, rows, children }: RegionProps<T>) {
  const retry = () => void query.refetch();
  if (query.data !== undefined) {
    return (
      <>
        {query.isError ? (
          <ErrorState
            error={query.error}
            what={`${failure} Showing what was loaded before.`}
            onRetry={retry}
          />
        ) : null}
        {children(query.data)}
      </>
    );
  }
  if (query.isError) return <ErrorState error={query.error} what={failure} onRetry={retry} />;
  return <Loading rows={rows} />;
}
