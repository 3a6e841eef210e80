/** Clocks and configurations for tests. */
import type { Clock } from '../../core/clock.ts';
import type { PollerConfig } from '../../definition/model.ts';

export interface ManualClock extends Clock {
  advance(ms: number): void;
  /** Every wait that was asked for. */
  readonly sleeps: number[];
}

/** Time moves when a test says so, and by sleeping. */
export function manualClock(startMs: number): ManualClock {
  let now = startMs;
  const sleeps: number[] = [];
  return {
    now: () => now,
    sleeps,
    advance: (ms) => {
      now += ms;
    },
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      sleeps.push(ms);
      now += ms;
    },
  };
}

type Part<T> = { readonly [K in keyof T]?: T[K] };

export interface ConfigParts {
  readonly apiEndpoint: string;
  readonly auth?: PollerConfig['auth'];
  readonly request?: Part<PollerConfig['request']>;
  readonly paging?: Part<PollerConfig['paging']>;
  readonly response?: Part<PollerConfig['response']>;
  readonly more?: Part<PollerConfig>;
}

/** A poller without credential, paging and times, five minutes' cadence, records under `$.records`. */
export function pollerConfig(parts: ConfigParts): PollerConfig {
  return {
    name: 'audit',
    auth: parts.auth ?? { type: 'None' },
    request: {
      apiEndpoint: parts.apiEndpoint,
      httpMethod: 'GET',
      queryWindowMinutes: 5,
      queryParameters: {},
      isPostPayloadJson: false,
      headers: {},
      retryCount: 2,
      timeoutSeconds: 20,
      ...parts.request,
    },
    paging: { type: 'None', pagingQueryParamOnly: false, ...parts.paging },
    response: { eventsJsonPaths: ['$.records'], format: 'json', isGzipCompressed: false, ...parts.response },
    streamName: 'Custom-Audit',
    addOnAttributes: {},
    isActive: true,
    ...parts.more,
  };
}
