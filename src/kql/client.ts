import { type ChildProcess, fork } from 'node:child_process';
import type { Clock } from '../core/clock.ts';
import { compiledEntry } from '../core/entry.ts';
import { SluiceError } from '../core/errors.ts';
import type { CompileRequest, CompileResult, KqlCompiler } from './api.ts';
import { kqlErrors } from './errors.ts';
import type { CompletionRequest, ServiceRequest, ServiceResponse } from './service/protocol.ts';

export interface KqlCompilerOptions {
  readonly clock: Clock;
  /** The process ends after so long without a request; 60 s unless given. */
  readonly idleMs?: number;
  /** Longest time for one request, process start included; 30 s unless given. */
  readonly timeoutMs?: number;
}

/** A compiler with editor help. */
export interface KqlClient extends KqlCompiler {
  /** Names that may stand at a place of the text. */
  complete(request: CompletionRequest): Promise<readonly string[]>;
  /** Process id while the compiler process runs. */
  pid(): number | undefined;
}

interface Pending {
  readonly resolve: (response: ServiceResponse) => void;
  readonly reject: (error: SluiceError) => void;
}

function failure(code: 'KQL_SERVICE' | 'KQL_TIMEOUT', message: string): SluiceError {
  return new SluiceError({ code, message, hint: kqlErrors[code].hint, retryable: true });
}

/**
 * States: `stopped` (no child) → `running` (child, maybe with requests) → `stopped`.
 * A child's exit fails the requests that wait for it, and the next request starts another.
 * A time-out kills the child, because what it computes can't be interrupted.
 */
class ServiceClient implements KqlClient {
  private readonly clock: Clock;
  private readonly idleMs: number;
  private readonly timeoutMs: number;
  private child: ChildProcess | undefined;
  private readonly pending = new Map<number, Pending>();
  private lastId = 0;
  private idle: AbortController | undefined;
  private closed = false;

  constructor(options: KqlCompilerOptions) {
    this.clock = options.clock;
    this.idleMs = options.idleMs ?? 60_000;
    this.timeoutMs = options.timeoutMs ?? 30_000;
  }

  async compile(request: CompileRequest): Promise<CompileResult> {
    const response = await this.send((id) => ({ id, kind: 'compile', request }));
    if (response.kind === 'compiled') return response.result;
    throw failure(
      'KQL_SERVICE',
      response.kind === 'failed' ? response.message : 'the compiler gave no answer',
    );
  }

  async complete(request: CompletionRequest): Promise<readonly string[]> {
    const response = await this.send((id) => ({ id, kind: 'complete', request }));
    if (response.kind === 'completed') return response.items;
    throw failure(
      'KQL_SERVICE',
      response.kind === 'failed' ? response.message : 'the compiler gave no answer',
    );
  }

  pid(): number | undefined {
    return this.child?.pid;
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.stop();
  }

  private async stop(): Promise<void> {
    this.idle?.abort();
    const child = this.child;
    if (!child) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGKILL');
    await gone;
  }

  private async send(make: (id: number) => ServiceRequest): Promise<ServiceResponse> {
    if (this.closed) throw failure('KQL_SERVICE', 'the compiler is closed');
    this.idle?.abort();
    const child = this.child ?? this.start();
    const id = ++this.lastId;
    const timer = new AbortController();
    try {
      return await new Promise<ServiceResponse>((resolve, reject) => {
        this.pending.set(id, { resolve, reject });
        child.send(make(id), (error) => error && reject(failure('KQL_SERVICE', error.message)));
        this.clock.sleep(this.timeoutMs, timer.signal).then(
          () => {
            reject(failure('KQL_TIMEOUT', `the query did not compile in ${this.timeoutMs / 1000} s`));
            child.kill('SIGKILL');
          },
          () => {},
        );
      });
    } finally {
      timer.abort();
      this.pending.delete(id);
      if (this.pending.size === 0) this.armIdle();
    }
  }

  private armIdle(): void {
    this.idle?.abort();
    const idle = new AbortController();
    this.idle = idle;
    this.clock.sleep(this.idleMs, idle.signal).then(
      () => this.stop(),
      () => {},
    );
  }

  private start(): ChildProcess {
    const child = fork(compiledEntry('src/kql/service/main.js'), [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: [],
    });
    child.on('message', (response: ServiceResponse) => this.pending.get(response.id)?.resolve(response));
    child.on('error', (error) => this.fail(child, error.message));
    child.on('exit', (code, signal) => this.fail(child, `the compiler process ended (${signal ?? code})`));
    this.child = child;
    return child;
  }

  private fail(child: ChildProcess, message: string): void {
    if (this.child === child) this.child = undefined;
    for (const waiting of this.pending.values()) waiting.reject(failure('KQL_SERVICE', message));
  }
}

/**
 * A compiler that runs in a process of its own, started by the first request.
 * compile() rejects with KQL_SERVICE or KQL_TIMEOUT when the process fails; findings about the text are in its result.
 */
export function createKqlCompiler(options: KqlCompilerOptions): KqlClient {
  return new ServiceClient(options);
}
