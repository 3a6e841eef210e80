import type { Clock, Random } from '../core/clock.ts';
import { isSluiceError, type SluiceError, toSluiceError } from '../core/errors.ts';
import type { EngineStatus } from './api.ts';
import { engineError } from './errors.ts';
import { type Host, type HostOptions, startHost } from './host-process.ts';

export interface SupervisorOptions extends HostOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** How long a start waits for another process to let the data folder go. */
  readonly lockWaitMs: number;
  /** How long a statement waits for a restart. */
  readonly readyWaitMs: number;
}

const lockRetryMs = 400;
const firstBackoffMs = 100;
const maxBackoffMs = 30_000;
/** A host that lived this long starts the back-off afresh. */
const healthyMs = 60_000;

/**
 * Keeps one engine host alive.
 *
 * starting    → ready       the first host answers (or `start` rejects and the state is stopped)
 * ready       → restarting  the host ended by itself
 * restarting  → ready       a new host answers; until then tries go on with exponential back-off
 * any         → stopped     `stop`; final
 *
 * Invariant: at most one host process exists; a new one starts only after the old one has ended.
 */
export class EngineSupervisor {
  private readonly options: SupervisorOptions;
  private readonly stopping = new AbortController();
  private state: EngineStatus['state'] = 'starting';
  private host: Host | undefined;
  private restarts = 0;
  private failures = 0;
  private lastError: string | undefined;
  private waiters: (() => void)[] = [];

  constructor(options: SupervisorOptions) {
    this.options = options;
  }

  /** Starts the first host. Rejects with ENGINE_LOCKED or ENGINE_START. */
  async start(): Promise<void> {
    try {
      this.adopt(await this.startOnce());
    } catch (error) {
      this.setState('stopped');
      throw error;
    }
  }

  /** The live host. Waits while it restarts; rejects with ENGINE_UNAVAILABLE after `readyWaitMs`, ENGINE_STOPPED when closed. */
  async ready(): Promise<Host> {
    const until = this.options.clock.now() + this.options.readyWaitMs;
    while (this.host === undefined || this.state !== 'ready') {
      if (this.state === 'stopped') throw engineError('ENGINE_STOPPED', 'The engine was closed.');
      const left = until - this.options.clock.now();
      if (left <= 0)
        throw engineError('ENGINE_UNAVAILABLE', `The engine is not ready: ${this.lastError ?? this.state}`, {
          retryable: true,
        });
      await this.changed(left);
    }
    return this.host;
  }

  status(): EngineStatus {
    return {
      state: this.state,
      restarts: this.restarts,
      ...(this.host === undefined ? {} : { pid: this.host.pid, version: this.host.version }),
      ...(this.lastError === undefined ? {} : { lastError: this.lastError }),
    };
  }

  /** Ends the host and stays stopped. */
  async stop(): Promise<void> {
    const host = this.host;
    this.setState('stopped');
    this.stopping.abort(engineError('ENGINE_STOPPED', 'The engine was closed.'));
    await host?.stop();
  }

  private setState(state: EngineStatus['state']): void {
    this.state = state;
    if (state !== 'ready') this.host = undefined;
    for (const wake of this.waiters.splice(0)) wake();
  }

  private async changed(timeoutMs: number): Promise<void> {
    const done = new AbortController();
    const change = new Promise<void>((resolve) => {
      this.waiters.push(resolve);
    });
    await Promise.race([change, this.options.clock.sleep(timeoutMs, done.signal).catch(() => undefined)]);
    done.abort();
  }

  /** A host on the folder; waits up to `lockWaitMs` for a predecessor to let it go. */
  private async startOnce(): Promise<Host> {
    const { clock, lockWaitMs } = this.options;
    const until = clock.now() + lockWaitMs;
    for (;;) {
      try {
        return await startHost({ ...this.options, failpoints: this.restarts === 0 && this.failures === 0 });
      } catch (error) {
        const locked = isSluiceError(error) && error.code === 'ENGINE_LOCKED';
        if (!locked || clock.now() + lockRetryMs > until) throw error;
      }
      await clock.sleep(lockRetryMs, this.stopping.signal);
    }
  }

  private adopt(host: Host): void {
    if (this.state === 'stopped') {
      void host.stop();
      return;
    }
    const since = this.options.clock.now();
    this.host = host;
    this.setState('ready');
    void host.exited.then((reason) => {
      if (this.state === 'stopped') return;
      this.lastError = `the engine host (process ${host.pid}) ended: ${reason}`;
      if (this.options.clock.now() - since > healthyMs) this.failures = 0;
      this.setState('restarting');
      void this.restart();
    });
  }

  private async restart(): Promise<void> {
    while (this.state === 'restarting') {
      try {
        await this.options.clock.sleep(this.backoffMs(), this.stopping.signal);
        this.failures += 1;
        const host = await this.startOnce();
        this.restarts += 1;
        this.adopt(host);
        return;
      } catch (error) {
        const failure: SluiceError = toSluiceError(error, { code: 'ENGINE_START' });
        if (failure.code !== 'ENGINE_STOPPED') this.lastError = failure.message;
      }
    }
  }

  /** Full jitter on the upper half, so that several servers on one machine do not start in step. */
  private backoffMs(): number {
    const full = Math.min(maxBackoffMs, firstBackoffMs * 2 ** this.failures);
    return full / 2 + (full / 2) * this.options.random();
  }
}
