import { describe, expect, it } from 'vitest';
import { bindPollers } from './bind.ts';
import { loadDefinition } from './load.ts';
import { secretNames } from './secrets.ts';
import { sourceIdentity } from './source-identity.ts';
import { bend, packageOf, poller } from './testing/packages.ts';

const given = { host: 'api.acme.example', user: 'ann', key: 'k-secret-1', note: '' };

function identity(
  parameters: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, unknown>> = {},
  connectionName = 'one',
): string {
  const loaded = loadDefinition(packageOf({ poller: bend(poller, changes) }));
  const [config] = bindPollers(loaded, parameters, { connectionName }).pollers;
  return sourceIdentity(loaded.id, config!, parameters, secretNames(loaded));
}

describe('sourceIdentity', () => {
  const base = identity(given);

  it('is a SHA-256', () => {
    expect(base).toMatch(/^[0-9a-f]{64}$/);
  });

  it('stays for another credential, connection, spelling of a name or of an address, or version of the definition', () => {
    expect(identity({ ...given, user: 'bob', key: 'other-secret' })).toBe(base);
    expect(identity(given, {}, 'two')).toBe(base);
    expect(identity({ HOST: 'https://api.acme.example/', user: 'ann', key: 'x' })).toBe(base);
    expect(identity(given, { 'properties.request.timeoutInSeconds': 99 })).toBe(base);
    expect(
      identity(given, { 'properties.request.apiEndpoint': 'https://API.acme.example/v1/events' }).length,
    ).toBe(64);
  });

  it('stays when a secret in the address changes', () => {
    const inAddress = { 'properties.request.apiEndpoint': 'https://{{host}}/v1/{{key}}/events' };
    expect(identity(given, inAddress)).toBe(identity({ ...given, key: 'renewed-secret' }, inAddress));
  });

  it('differs for another address, plain value or poller', () => {
    const others = [
      identity({ ...given, host: 'eu.acme.example' }),
      identity({ ...given, note: 'x' }),
      identity(given, { name: 'Other' }),
      identity(given, { 'properties.request.apiEndpoint': 'https://{{host}}/v2/events' }),
    ];
    expect(new Set([base, ...others]).size).toBe(5);
  });
});
