/** What every auth strategy must keep. */
import { describe, expect, test } from 'vitest';
import { createRedactor } from '../../core/redact.ts';
import type { AuthConfig } from '../../definition/model.ts';
import type { AuthStrategy } from '../auth/api.ts';

export interface AuthCase<C extends AuthConfig> {
  readonly name: string;
  readonly config: C;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload?: Readonly<Record<string, string>>;
}

function freeze<T extends object>(value: T): T {
  return Object.freeze({ ...value });
}

export function authContract<C extends AuthConfig>(
  strategy: AuthStrategy<C>,
  cases: readonly AuthCase<C>[],
): void {
  describe(`auth ${strategy.name}`, () => {
    test('has a name and a summary', () => {
      expect(strategy.summary).toMatch(/^[A-Z].*\.$/);
    });

    test.each(cases)('$name', ({ config, headers, payload }) => {
      const frozen = freeze(config);
      expect(strategy.headers(frozen)).toEqual(headers);
      expect(strategy.payload(frozen)).toEqual(payload ?? {});
    });

    test.each(cases)(
      '$name: the same answer each time, and another configuration leaves no trace',
      ({ config }) => {
        const first = strategy.headers(config);
        for (const other of cases) strategy.headers(other.config);
        expect(strategy.headers(config)).toEqual(first);
      },
    );

    test.each(cases)('$name: everything that carries the secret is masked by its secrets', ({ config }) => {
      const secrets = strategy.secrets(config);
      const redactor = createRedactor(secrets);
      const carried = [
        ...Object.values(strategy.headers(config)),
        ...Object.values(strategy.payload(config)),
      ];
      for (const value of carried) {
        const masked = redactor.redact(value);
        expect(masked).toContain('***');
        for (const secret of secrets) expect(masked).not.toContain(secret);
      }
    });

    test.each(cases)('$name: header names and values can be sent', ({ config }) => {
      for (const [name, value] of Object.entries(strategy.headers(config))) {
        expect(name).toMatch(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/);
        expect(value).not.toMatch(/[\r\n]/);
      }
    });
  });
}
