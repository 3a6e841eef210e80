import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRedactor } from './redact.ts';

const forms: Record<string, (secret: string) => string> = {
  plain: (s) => s,
  'in JSON': (s) => JSON.stringify({ k: s }),
  'URL encoded': (s) => encodeURIComponent(s),
  'form encoded': (s) => new URLSearchParams({ k: s }).toString(),
  base64: (s) => Buffer.from(s).toString('base64'),
  'in a Basic header': (s) => `Basic ${Buffer.from(`someone@example.test:${s}`).toString('base64')}`,
  'base64url behind a prefix': (s) => Buffer.from(`x${s}tail`).toString('base64url'),
};

describe('a secret is masked in every form', () => {
  test.each(Object.entries(forms))('%s', (_name, make) => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 8, maxLength: 40 }), (secret) => {
        fc.pre(secret.trim() !== '');
        const text = make(secret);
        const masked = createRedactor([secret]).redact(`before ${text} after`);
        expect(masked).toContain('***');
        expect(masked).not.toContain(secret);
        expect(masked).not.toContain(text);
      }),
      { seed: 4, numRuns: 150 },
    );
  });

  test('short secrets only where they stand alone', () => {
    const { redact } = createRedactor(['ab']);
    expect(redact('cab ab=ab; cabs')).toBe('cab ***=***; cabs');
    expect(redact(`Basic ${Buffer.from('u:ab').toString('base64')}`)).toBe('Basic ***');
  });

  test('no secret, no change', () => {
    expect(createRedactor([]).redact('text')).toBe('text');
    expect(createRedactor(['', '  ']).redact('a  b')).toBe('a  b');
  });
});

test('URLs lose user info, credential parameters and known secrets, and keep cursors', () => {
  const { redactUrl } = createRedactor(['s3cret/x']);
  expect(redactUrl('https://me:pw@h.test/p?limit=5&access_token=abc&cursor=k1&q=s3cret%2Fx#f')).toBe(
    'https://***@h.test/p?limit=5&access_token=***&cursor=k1&q=***#f',
  );
  expect(redactUrl('not a url')).toBe('not a url');
});

test('headers that carry credentials are masked whole', () => {
  const { redactHeaders } = createRedactor(['topsecret']);
  expect(
    redactHeaders({
      Authorization: 'Bearer q',
      'X-Api-Key': 'k',
      Cookie: 'a=b',
      Accept: 'json',
      Note: 'has topsecret',
    }),
  ).toEqual({
    Authorization: '***',
    'X-Api-Key': '***',
    Cookie: '***',
    Accept: 'json',
    Note: 'has ***',
  });
});
