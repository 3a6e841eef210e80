import type { Clock } from '../core/clock.ts';
import { toSluiceError } from '../core/errors.ts';
import type { HttpClient } from '../http/api.ts';
import { testPoller } from '../poller/test-poller.ts';
import type { BoundPoller } from './bound-connection.ts';

interface TestInput {
  readonly pollers: readonly BoundPoller[];
  readonly secrets: readonly string[];
  readonly http: HttpClient;
  readonly clock: Clock;
}

/** One live request of each poller; nothing is stored. The API's TestResult. */
export async function testPollers({ pollers, secrets, http, clock }: TestInput) {
  const requests = [];
  for (const { config } of pollers) {
    const result = await testPoller({ config, http, clock, secrets });
    const error = result.error && toSluiceError(result.error, { code: 'TEST_FAILED' });
    requests.push({
      poller: config.name,
      method: result.method,
      url: result.url,
      status: result.status ?? null,
      durationMs: result.durationMs,
      records: result.records,
      sample: result.sample.map((bytes) => Buffer.from(bytes).toString('utf8')),
      error: error
        ? { code: error.code, message: error.message, ...(error.hint ? { hint: error.hint } : {}) }
        : null,
    });
  }
  return { ok: requests.every((r) => r.error === null), requests };
}
