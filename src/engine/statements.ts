import type { ClickHouseClient } from '@clickhouse/client';
import type { Clock } from '../core/clock.ts';
import type { SluiceError } from '../core/errors.ts';
import type { Engine, EngineResult, QueryOptions } from './api.ts';
import {
  engineError,
  isEngineAnswer,
  mapStatementError,
  type StatementEffect,
  wasNeverSent,
} from './errors.ts';
import { InFlightStatements, type Ticket } from './in-flight.ts';
import { createLimiter, type Limiter } from './limiter.ts';
import { readBlocks, readResult } from './results.ts';
import { readSettings, type Settings, streamSettings, writeSettings } from './settings.ts';
import { quoteString, statementTag } from './sql-text.ts';

/** A live engine; an embedded one is another after every restart. */
export interface EngineConnection {
  readonly client: ClickHouseClient;
  /** The process behind the connection, when it is ours. */
  readonly host?: {
    /** Statements with this id that it has taken and not finished. */
    running(queryId: string): Promise<number>;
    /** Resolves when it has ended. */
    readonly exited: Promise<unknown>;
    /** Ends it at once, so that another takes its place. */
    kill(): void;
  };
}

export interface StatementsOptions {
  readonly clock: Clock;
  /** Resolves with a ready engine, or rejects with a typed error after a time limit of its own. */
  readonly connect: () => Promise<EngineConnection>;
  /** Statements at a time; the others wait here, where they can be withdrawn. */
  readonly maxConcurrent: number;
  /** Gives our id to the engine as its query id; off where an engine refuses an id that is in use. */
  readonly passQueryId: boolean;
}

interface Prepared {
  readonly queryId: string;
  readonly effect: StatementEffect;
  readonly signal: AbortSignal | undefined;
  readonly parameters: {
    readonly query: string;
    readonly query_id?: string;
    readonly clickhouse_settings: Record<string, string | number>;
  };
}

type Work<T> = (client: ClickHouseClient) => Promise<T>;

const pollMs = 100;
/** Longest wait for the exit of a host that does not answer. */
const exitNoticeMs = 1_000;
const connectAttempts = 3;

/** Statements over the stock client: concurrency limit, tags, cancelling, typed errors. */
export class Statements
  implements Pick<Engine, 'query' | 'queryStream' | 'command' | 'cancel' | 'provenGone'>
{
  private readonly options: StatementsOptions;
  private readonly limiter: Limiter;
  private readonly inFlight = new InFlightStatements();
  private sequence = 0;

  constructor(options: StatementsOptions) {
    this.options = options;
    this.limiter = createLimiter(options.maxConcurrent);
  }

  async query(sql: string, options: QueryOptions = {}): Promise<EngineResult> {
    const prepared = this.prepare(sql, { ...readSettings, wait_end_of_query: 1 }, options);
    const started = this.options.clock.now();
    return this.run(prepared, async (client) => {
      const result = await client.query({ ...prepared.parameters, format: 'JSONCompact' });
      return { ...(await readResult(result)), elapsedMs: this.options.clock.now() - started };
    });
  }

  async command(sql: string, options: QueryOptions = {}): Promise<void> {
    const prepared = this.prepare(sql, writeSettings, options);
    await this.run(prepared, (client) => client.command(prepared.parameters));
  }

  async *queryStream(sql: string, options: QueryOptions = {}): AsyncGenerator<EngineResult> {
    const prepared = this.prepare(sql, streamSettings, options);
    if (options.signal?.aborted) throw abortError('read', false);
    const ticket = this.inFlight.open(prepared.queryId);
    const stop = () => void this.cancel(prepared.queryId).catch(() => undefined);
    options.signal?.addEventListener('abort', stop, { once: true });
    let release: (() => void) | undefined;
    let complete = false;
    try {
      release = await this.limiter.acquire(ticket.withdrawn);
      const result = await this.attempt(ticket, (client) =>
        client.query({ ...prepared.parameters, format: 'JSONCompactEachRowWithNamesAndTypes' }),
      );
      yield* readBlocks(result, this.options.clock);
      complete = true;
    } catch (error) {
      throw options.signal?.aborted ? abortError('read', true) : mapStatementError(error, 'read');
    } finally {
      options.signal?.removeEventListener('abort', stop);
      // The reader left early: the engine would go on without it.
      if (!complete && ticket.sent) stop();
      release?.();
      ticket.close();
    }
  }

  async cancel(queryId: string): Promise<void> {
    const reason = engineError('QUERY_CANCELLED', 'The statement was withdrawn before it ran.');
    if (this.inFlight.withdraw(queryId, reason)) return;
    const { client } = await this.options.connect();
    const query = `KILL QUERY WHERE startsWith(query, ${quoteString(statementTag(queryId))}) ASYNC`;
    await client.command({ query }).catch((error: unknown) => {
      throw mapStatementError(error, 'read');
    });
  }

  async provenGone(queryId: string): Promise<void> {
    for (;;) {
      try {
        if (!(await this.isRunning(queryId))) return;
        await this.cancel(queryId);
      } catch (error) {
        // A host that dies meanwhile is replaced, and the next one answers; anything else is for the caller.
        const mapped = mapStatementError(error, 'read');
        if (mapped.code !== 'ENGINE_GONE' && mapped.code !== 'ENGINE_UNAVAILABLE') throw mapped;
      }
      await this.options.clock.sleep(pollMs);
    }
  }

  /** Resolves when no statement of this process is under way. */
  settled(): Promise<void> {
    return this.inFlight.settled();
  }

  private prepare(sql: string, defaults: Settings, options: QueryOptions): Prepared {
    this.sequence += 1;
    const queryId = options.queryId ?? `statement-${this.sequence}`;
    return {
      queryId,
      effect: defaults === writeSettings ? 'write' : 'read',
      signal: options.signal,
      parameters: {
        query: `${statementTag(queryId)} ${sql}`,
        clickhouse_settings: { ...defaults, ...options.settings },
        ...(this.options.passQueryId ? { query_id: queryId } : {}),
      },
    };
  }

  /** On abort rejects at once and stops the statement in the background; its place is free when it has ended. */
  private async run<T>(prepared: Prepared, work: Work<T>): Promise<T> {
    const { signal, queryId, effect } = prepared;
    if (signal?.aborted) throw abortError(effect, false);
    const ticket = this.inFlight.open(queryId);
    const done = this.send(prepared, ticket, work).finally(() => ticket.close());
    if (signal === undefined) return done;
    return new Promise<T>((resolve, reject) => {
      const onAbort = () => {
        reject(abortError(effect, ticket.sent));
        void this.stopUntilEnded(queryId, done);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      done.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
    });
  }

  private async send<T>(prepared: Prepared, ticket: Ticket, work: Work<T>): Promise<T> {
    const release = await this.limiter.acquire(ticket.withdrawn);
    try {
      return await this.attempt(ticket, work);
    } catch (error) {
      throw mapStatementError(error, prepared.effect);
    } finally {
      release();
    }
  }

  /** Sends to a ready engine; once more to its successor when no connection came about, so that nothing can run twice. */
  private async attempt<T>(ticket: Ticket, work: Work<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      const connection = await this.options.connect();
      ticket.withdrawn.throwIfAborted();
      ticket.sent = true;
      try {
        return await work(connection.client);
      } catch (error) {
        if (isEngineAnswer(error) || connection.host === undefined) throw error;
        const neverSent = wasNeverSent(error);
        await this.noticeExit(connection.host, neverSent);
        if (!neverSent || attempt === connectAttempts) throw error;
        ticket.sent = false;
      }
    }
  }

  /** Nobody answers: lets the restart begin before anything else is tried. A host without its socket is of no use. */
  private async noticeExit(host: NonNullable<EngineConnection['host']>, unreachable: boolean): Promise<void> {
    const noticed = new AbortController();
    const timeout = this.options.clock.sleep(exitNoticeMs, noticed.signal).then(
      () => unreachable && host.kill(),
      () => undefined,
    );
    await Promise.race([host.exited, timeout]);
    noticed.abort();
  }

  /** Asks again until the statement has ended: one that was sent a moment ago is not in the process list yet. */
  private async stopUntilEnded(queryId: string, done: Promise<unknown>): Promise<void> {
    let ended = false;
    const end = done
      .catch(() => undefined)
      .then(() => {
        ended = true;
      });
    while (!ended) {
      await this.cancel(queryId).catch(() => undefined);
      await Promise.race([end, this.options.clock.sleep(pollMs)]);
    }
  }

  private async isRunning(queryId: string): Promise<boolean> {
    if (this.inFlight.has(queryId)) return true;
    const { client, host } = await this.options.connect();
    if (host !== undefined && (await host.running(queryId)) > 0) return true;
    const query = `SELECT count() FROM system.processes WHERE startsWith(query, ${quoteString(statementTag(queryId))})`;
    const result = await client.query({
      query,
      format: 'JSONCompact',
      clickhouse_settings: { wait_end_of_query: 1 },
    });
    const { rows } = await readResult(result);
    return Number(rows[0]?.[0]) > 0;
  }
}

function abortError(effect: StatementEffect, sent: boolean): SluiceError {
  return effect === 'write' && sent
    ? engineError('ENGINE_UNCONFIRMED', 'The statement was cancelled while it ran.', { retryable: true })
    : engineError('QUERY_CANCELLED', 'The statement was cancelled.');
}
