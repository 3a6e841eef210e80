import { Download } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Empty, Note } from '../../components/note.tsx';
import { ErrorState } from '../../components/region.tsx';
import { downloadText } from '../../lib/clipboard.ts';
import { toCsv } from '../../lib/csv.ts';
import { formatCount, formatMs, formatTime, plural } from '../../lib/format.ts';
import { announce } from '../../lib/messages.ts';
import { rangeLabel, type TimeRange } from '../../lib/time-range.ts';
import { chartOf } from './chart-model.ts';
import s from './query.module.css';
import { QueryErrors } from './query-errors.tsx';
import { ResultChart } from './result-chart.tsx';
import { ResultGrid } from './result-grid.tsx';
import type { RunState } from './use-query-run.ts';

interface ResultsProps {
  readonly state: RunState;
  /** Where the statement begins in the editor. */
  readonly offset: number;
  readonly range: TimeRange;
  readonly onJump: (position: number) => void;
  readonly onWiden: () => void;
}

function StatsLine({ state }: { readonly state: RunState }) {
  const rows = plural(state.count, 'row');
  const texts: Record<RunState['phase'], string> = {
    idle: '',
    running: state.count > 0 ? `${rows} so far…` : 'Running…',
    done: `${rows} · ${formatMs(state.elapsedMs)}`,
    failed: 'Failed',
    cancelled: `Stopped · ${rows}`,
  };
  return (
    <span className={s.stats} data-testid="query.stats">
      {texts[state.phase]}
    </span>
  );
}

/** Stats line, messages, chart and grid of the last run. */
export function Results({ state, offset, range, onJump, onWiden }: ResultsProps) {
  const [view, setView] = useState<'grid' | 'chart'>('grid');
  const { phase, count } = state;
  useEffect(() => {
    if (phase === 'done')
      announce(`${plural(count, 'row')} in ${(state.elapsedMs / 1000).toFixed(2)} seconds`);
    if (phase === 'cancelled') announce('Query stopped.');
  }, [phase, count, state.elapsedMs]);
  const chart = useMemo(
    () => (phase === 'done' ? chartOf(state.statement, state.columns, state.rows) : undefined),
    [phase, state.statement, state.columns, state.rows],
  );
  useEffect(() => setView(chart ? 'chart' : 'grid'), [chart]);
  if (phase === 'idle')
    return (
      <p className="muted">
        Write a query and press Run. Tables are on the left; completion opens while typing.
      </p>
    );
  const shown = {
    from: state.range.from ? formatTime(state.range.from) : '',
    to: state.range.to ? formatTime(state.range.to) : '',
  };
  return (
    <section className={s.results} aria-label="Results" aria-busy={phase === 'running'}>
      <div className={s.statsRow}>
        <StatsLine state={state} />
        <span className="meta">{shown.from ? `${shown.from} to ${shown.to} UTC` : 'time set in query'}</span>
        <span className="grow" />
        {chart ? (
          <Button small onClick={() => setView(view === 'grid' ? 'chart' : 'grid')}>
            {view === 'grid' ? 'View as chart' : 'View as table'}
          </Button>
        ) : null}
        {count > 0 && phase !== 'running' ? (
          <Button
            small
            icon={<Download size={14} aria-hidden="true" />}
            onClick={() => downloadText('query-result.csv', toCsv(state.columns, state.rows), 'text/csv')}
          >
            Export CSV
          </Button>
        ) : null}
      </div>
      {state.error ? (
        state.error.problem.diagnostics?.length ? (
          <QueryErrors
            diagnostics={state.error.problem.diagnostics}
            statement={state.statement}
            offset={offset}
            onJump={onJump}
          />
        ) : (
          <ErrorState error={state.error} what="The query failed." />
        )
      ) : null}
      {state.diagnostics.length > 0 ? (
        <QueryErrors
          diagnostics={state.diagnostics}
          statement={state.statement}
          offset={offset}
          onJump={onJump}
        />
      ) : null}
      {state.truncated ? (
        <Note kind="warn" role="status">
          Showing the first {formatCount(count)} rows; there are more. Raise the row limit, narrow the time
          range or summarize.
        </Note>
      ) : null}
      {phase === 'done' && count === 0 ? (
        <Empty>
          <p>No rows{shown.from ? ` between ${shown.from} and ${shown.to} UTC` : ''}.</p>
          {shown.from && range.from !== '-7d' ? (
            <Button onClick={onWiden}>Widen to 7 days</Button>
          ) : (
            <p className="meta">{rangeLabel(range)}</p>
          )}
        </Empty>
      ) : null}
      {view === 'chart' && chart ? (
        <ResultChart chart={chart} />
      ) : count > 0 ? (
        <ResultGrid columns={state.columns} rows={state.rows} count={count} settled={phase !== 'running'} />
      ) : null}
    </section>
  );
}
