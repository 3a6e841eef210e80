import type { AuthConfig } from '../../definition/model.ts';
import type { AuthStrategy } from './api.ts';

export const none: AuthStrategy<Extract<AuthConfig, { type: 'None' }>> = {
  name: 'None',
  summary: 'No credential, for public services.',
  headers: () => ({}),
  payload: () => ({}),
  variables: () => ({}),
  secrets: () => [],
};
