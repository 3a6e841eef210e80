import { useRef, useState } from 'react';
import { ApiError, call, send, toApiError } from '../../lib/api.ts';
import type { Diagnostic, KqlColumn, QueryInput, QueryMessage } from '../../lib/api-types.ts';
import type { Row } from '../../lib/cell.ts';
import { randomId } from '../../lib/clock.ts';
import { readNdjson } from '../../lib/ndjson.ts';

/**
 * One query at a time. Phases: `idle` → `running` → `done` | `failed` | `cancelled`; `running` again replaces any of them,
 * and answers of an earlier run are dropped.
 */
export interface RunState {
  readonly phase: 'idle' | 'running' | 'done' | 'failed' | 'cancelled';
  readonly columns: readonly KqlColumn[];
  /** Grows in place while running; `count` tells React. */
  readonly rows: Row[];
  readonly count: number;
  readonly truncated: boolean;
  readonly elapsedMs: number;
  readonly diagnostics: readonly Diagnostic[];
  readonly error: ApiError | undefined;
  readonly statement: string;
  readonly range: { readonly from?: string; readonly to?: string };
}

const empty: RunState = {
  phase: 'idle',
  columns: [],
  rows: [],
  count: 0,
  truncated: false,
  elapsedMs: 0,
  diagnostics: [],
  error: undefined,
  statement: '',
  range: {},
};

/** Applies one message of the stream; throws the error that an `error` message brings. */
export function applyMessage(state: RunState, message: QueryMessage): RunState {
  switch (message.type) {
    case 'meta':
      return { ...state, columns: message.columns, diagnostics: message.diagnostics };
    case 'rows':
      for (const row of message.rows) state.rows.push(row);
      return { ...state, count: state.rows.length };
    case 'done':
      return { ...state, phase: 'done', truncated: message.truncated, elapsedMs: message.elapsedMs };
    case 'error':
      throw new ApiError(message.problem);
    default:
      return message satisfies never;
  }
}

async function stream(
  input: QueryInput,
  start: RunState,
  signal: AbortSignal,
  show: (state: RunState) => void,
): Promise<void> {
  const response = await send('POST', '/query', { body: input, signal, accept: 'application/x-ndjson' });
  if (!response.body) throw new Error('The answer has no body.');
  let state = start;
  for await (const messages of readNdjson<QueryMessage>(response.body)) {
    for (const message of messages) state = applyMessage(state, message);
    show(state);
  }
  if (state.phase === 'running') throw new Error('The answer ended before it was complete.');
}

export function useQueryRun() {
  const [state, setState] = useState<RunState>(empty);
  const current = useRef<{ id: string; abort: AbortController }>(undefined);

  const run = async (query: string, range: RunState['range'], maxRows: number): Promise<RunState> => {
    current.current?.abort.abort();
    const mine = { id: randomId(), abort: new AbortController() };
    current.current = mine;
    let last: RunState = { ...empty, rows: [], phase: 'running', statement: query, range };
    const show = (next: RunState) => {
      last = next;
      if (current.current === mine) setState(next);
    };
    show(last);
    try {
      await stream({ query, ...range, maxRows, queryId: mine.id }, last, mine.abort.signal, show);
    } catch (error) {
      show({
        ...last,
        phase: mine.abort.signal.aborted ? 'cancelled' : 'failed',
        error: mine.abort.signal.aborted ? undefined : toApiError(error),
      });
    }
    return last;
  };

  const cancel = () => {
    const running = current.current;
    if (!running) return;
    running.abort.abort();
    // The server stops by itself when the connection closes; this is for proxies that keep it open.
    void call('DELETE', `/query/${running.id}`).catch(() => undefined);
  };
  return { state, run, cancel };
}
