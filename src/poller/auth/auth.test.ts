import { expect, test } from 'vitest';
import { authContract } from '../testing/auth-contract.ts';
import { apiKey } from './api-key.ts';
import { basic } from './basic.ts';
import { none } from './none.ts';
import { applyAuth, authStrategies } from './registry.ts';

authContract(none, [{ name: 'nothing', config: { type: 'None' }, headers: {} }]);

authContract(basic, [
  {
    name: 'ASCII',
    config: { type: 'Basic', userName: 'Aladdin', password: 'open sesame' },
    headers: { Authorization: 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==' },
  },
  {
    name: 'UTF-8',
    config: { type: 'Basic', userName: 'jürgen@example.test', password: 'pässwörd' },
    headers: {
      Authorization: `Basic ${Buffer.from('jürgen@example.test:pässwörd', 'utf8').toString('base64')}`,
    },
  },
]);

const key = { type: 'APIKey', apiKey: 'K-12345678', inPostPayload: false } as const;
authContract(apiKey, [
  { name: 'key only', config: key, headers: { Authorization: 'token K-12345678' } },
  {
    name: 'name and identifier',
    config: { ...key, apiKeyName: 'X-Auth', apiKeyIdentifier: 'Key' },
    headers: { 'X-Auth': 'Key K-12345678' },
  },
  {
    name: 'name explicitly empty',
    config: { ...key, apiKeyName: '' },
    headers: { Authorization: 'K-12345678' },
  },
  { name: 'name alone', config: { ...key, apiKeyName: 'X-ApiKey' }, headers: { 'X-ApiKey': 'K-12345678' } },
  {
    name: 'name, identifier empty',
    config: { ...key, apiKeyName: 'X-ApiKey', apiKeyIdentifier: '' },
    headers: { 'X-ApiKey': 'K-12345678' },
  },
  {
    name: 'identifier alone',
    config: { ...key, apiKeyIdentifier: 'Bearer' },
    headers: { Authorization: 'Bearer K-12345678' },
  },
  {
    name: 'in the payload',
    config: { ...key, apiKeyName: 'api_key', inPostPayload: true },
    headers: {},
    payload: { api_key: 'K-12345678' },
  },
]);

test('each strategy is registered under its own name', () => {
  for (const [name, strategy] of Object.entries(authStrategies)) expect(strategy.name).toBe(name);
  expect(applyAuth(key).variables).toEqual({ _APIKeyName: '', _APIKey: 'K-12345678' });
});
