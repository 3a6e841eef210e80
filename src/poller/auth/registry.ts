import type { AuthConfig } from '../../definition/model.ts';
import type { AuthStrategy } from './api.ts';
import { apiKey } from './api-key.ts';
import { basic } from './basic.ts';
import { none } from './none.ts';

type Registry = { readonly [T in AuthConfig['type']]: AuthStrategy<Extract<AuthConfig, { type: T }>> };

export const authStrategies = { None: none, Basic: basic, APIKey: apiKey } satisfies Registry;

/** What a credential adds to requests. */
export interface AppliedAuth {
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

/** The strategy of `config.type`, applied. */
export function applyAuth(config: AuthConfig): AppliedAuth {
  // The registry's type ties each key to the strategy of that very config; TypeScript can't follow that through an index.
  const strategy = authStrategies[config.type] as AuthStrategy;
  return {
    headers: strategy.headers(config),
    payload: strategy.payload(config),
    variables: strategy.variables(config),
    secrets: strategy.secrets(config),
  };
}
