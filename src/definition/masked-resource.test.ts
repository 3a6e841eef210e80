import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadDefinition } from './load.ts';
import { gridValue, mask, maskedResource } from './masked-resource.ts';
import { bend, packageOf, poller } from './testing/packages.ts';

const loaded = loadDefinition(
  packageOf({
    poller: bend(poller, {
      'properties.addOnAttributes': { Site: '{{host}}', Copy: 'key={{key}}' },
      'properties.request.headers': {
        'X-Copy': "[[concat('Bearer ', parameters('key'))]",
        Accept: 'application/json',
      },
      'properties.auth.ClientId': 'visible-id',
      'properties.sqsUrls': ['{{host}}/q'],
    }),
  }),
);
const template = loaded.pollers[0]!;
const given = { host: 'api.acme.example', user: 'ann@acme.example', key: 'k-secret-1' };

describe('maskedResource', () => {
  const resource = maskedResource(loaded, template, given);

  it('shows what is no secret, resolved', () => {
    expect(gridValue(resource, 'properties.request.apiEndpoint')).toBe('https://api.acme.example/v1/events');
    expect(gridValue(resource, 'properties.addOnAttributes.site')).toBe('api.acme.example');
    expect(gridValue(resource, 'properties.sqsUrls[0]')).toBe('api.acme.example/q');
    expect(gridValue(resource, 'properties.auth.type')).toBe('Basic');
    expect(gridValue(resource, 'properties.auth.clientId')).toBe('visible-id');
    expect(gridValue(resource, 'name')).toBe('AcmeEvents');
    expect(gridValue(resource, 'properties.nothing.here')).toBe('');
  });

  it('masks what holds a secret', () => {
    for (const path of [
      'properties.auth.password',
      'properties.auth.userName',
      'properties.addOnAttributes.Copy',
      'properties.request.headers.X-Copy',
    ])
      expect(gridValue(resource, path), path).toBe(mask);
    expect(JSON.stringify(resource)).not.toContain('k-secret-1');
    expect(JSON.stringify(resource)).not.toContain('ann@');
  });

  it('masks a secret that another value contains', () => {
    const leaky = maskedResource(loaded, template, { ...given, host: 'k-secret-1.acme.example' });
    expect(gridValue(leaky, 'properties.request.apiEndpoint')).toBe(mask);
  });

  it('shows the template where values are missing', () => {
    expect(gridValue(maskedResource(loaded, template, {}), 'properties.auth.password')).toBe(mask);
  });

  it('holds no secret, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4 }), (key) => {
        fc.pre(
          !JSON.stringify(poller).includes(key) &&
            !'AcmeEvents visible-id application/json'.includes(key) &&
            !mask.includes(key),
        );
        const texts: string[] = [];
        JSON.stringify(maskedResource(loaded, template, { ...given, key }), (_, value: unknown) => {
          if (typeof value === 'string') texts.push(value);
          return value;
        });
        expect(texts.some((text) => text.includes(key))).toBe(false);
      }),
      { seed: 3, numRuns: 200 },
    );
  });
});
