import type { AuthConfig } from '../../definition/model.ts';
import type { AuthStrategy } from './api.ts';

type ApiKeyConfig = Extract<AuthConfig, { type: 'APIKey' }>;

/**
 * The rule table of spec CCF §3.2: the prefix `token` is a default only where no header name is given; a name given
 * empty means the bare key in Authorization.
 */
function header({ apiKey, apiKeyName, apiKeyIdentifier }: ApiKeyConfig): Record<string, string> {
  if (apiKeyName === '') return { Authorization: apiKey };
  const name = apiKeyName ?? 'Authorization';
  const prefix = apiKeyName === undefined ? (apiKeyIdentifier ?? 'token') : (apiKeyIdentifier ?? '');
  return { [name]: prefix === '' ? apiKey : `${prefix} ${apiKey}` };
}

export const apiKey: AuthStrategy<ApiKeyConfig> = {
  name: 'APIKey',
  summary: 'A key in a header, or in the payload of a POST.',
  headers: (config) => (config.inPostPayload ? {} : header(config)),
  payload: (config) => (config.inPostPayload ? { [config.apiKeyName || 'apiKey']: config.apiKey } : {}),
  variables: (config) => ({ _APIKeyName: config.apiKeyName ?? '', _APIKey: config.apiKey }),
  secrets: (config) => [config.apiKey],
};
