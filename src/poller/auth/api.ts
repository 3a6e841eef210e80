import type { AuthConfig } from '../../definition/model.ts';

/** An auth type. Stateless: everything is derived from the configuration, the same for every page. */
export interface AuthStrategy<C extends AuthConfig = AuthConfig> {
  readonly name: C['type'];
  readonly summary: string;
  /** Headers that carry the credential; they win over equal names of the request. */
  headers(config: C): Readonly<Record<string, string>>;
  /** Members to add to a POST payload. */
  payload(config: C): Readonly<Record<string, string>>;
  /** Variables of queryParametersTemplate, names without braces. */
  variables(config: C): Readonly<Record<string, string>>;
  /** Values that must never be shown. */
  secrets(config: C): readonly string[];
}
