import type { AuthConfig } from '../../definition/model.ts';
import type { AuthStrategy } from './api.ts';

type BasicConfig = Extract<AuthConfig, { type: 'Basic' }>;

const encoded = ({ userName, password }: BasicConfig): string =>
  Buffer.from(`${userName}:${password}`, 'utf8').toString('base64');

/** `Authorization: Basic base64(user:password)`, UTF-8 (spec CCF §3.2). */
export const basic: AuthStrategy<BasicConfig> = {
  name: 'Basic',
  summary: 'User name and password in the Authorization header.',
  headers: (config) => ({ Authorization: `Basic ${encoded(config)}` }),
  payload: () => ({}),
  variables: () => ({}),
  secrets: (config) => [config.password, encoded(config)],
};
