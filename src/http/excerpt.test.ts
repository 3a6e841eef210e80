import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRedactor } from '../core/redact.ts';
import { bodyExcerpt, EXCERPT_BYTES, traceHeaders } from './excerpt.ts';

const upperEscapes = (text: string) =>
  text.replace(
    /[<>&'+]|[^\x20-\x7e]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
  );

/** Ways in which services write a credential that they received. */
const forms: Record<string, (secret: string) => string> = {
  plain: (s) => s,
  JSON: (s) => JSON.stringify(s),
  'JSON, escaped beyond need': (s) => upperEscapes(JSON.stringify(s)),
  'JSON inside JSON': (s) => JSON.stringify(JSON.stringify({ key: s })),
  'JSON inside JSON inside JSON': (s) => JSON.stringify(JSON.stringify([JSON.stringify({ key: s })])),
  'JSON with slashes': (s) => JSON.stringify(s).replaceAll('/', '\\/'),
  URL: (s) => `next=${encodeURIComponent(s)}&x=1`,
  'URL twice': (s) => encodeURIComponent(encodeURIComponent(s)),
  form: (s) => new URLSearchParams({ k: s }).toString(),
  base64: (s) => Buffer.from(s).toString('base64'),
  base64url: (s) => Buffer.from(s).toString('base64url'),
  'base64 after one byte': (s) => Buffer.from(`u${s}`).toString('base64'),
  'base64 after two bytes': (s) => Buffer.from(`u:${s}!`).toString('base64'),
  hex: (s) => Buffer.from(s).toString('hex'),
  Basic: (s) => `Basic ${Buffer.from(`me@example.test:${s}`).toString('base64')}`,
};

const secrets = fc.string({
  unit: fc.constantFrom(...'abcXYZ0189+/=&"\'\\<>% -_.~$#é€'),
  minLength: 8,
  maxLength: 48,
});

/** What would give a secret away: any six characters in a row of its plain or encoded form. */
function leaks(shown: string, secret: string, written: string): string | undefined {
  for (const text of [secret, written]) {
    for (let at = 0; at + 8 <= text.length; at += 1) {
      const piece = text.slice(at, at + 8);
      if (secret.includes(piece) && shown.includes(piece)) return piece;
    }
  }
  return undefined;
}

describe('no secret leaves with an excerpt', () => {
  test.each(Object.entries(forms))('%s, anywhere, also across the cut', (_name, write) => {
    fc.assert(
      fc.property(secrets, fc.integer({ min: 0, max: EXCERPT_BYTES + 40 }), (secret, at) => {
        fc.pre(secret.trim() === secret && new Set(secret).size > 4);
        const written = write(secret);
        const body = Buffer.from(`${'.'.repeat(at)}${written}${'.'.repeat(9000)}`);
        const shown = bodyExcerpt(body, createRedactor([secret]));
        expect(Buffer.byteLength(shown)).toBeLessThanOrEqual(EXCERPT_BYTES);
        expect(leaks(shown, secret, written)).toBeUndefined();
        expect(shown).not.toContain(written);
      }),
      { seed: 20261127, numRuns: 120 },
    );
  });

  test('many secrets in a body far larger than what is searched', () => {
    const secret = 'planted/secret+0001';
    const body = Buffer.from(`${JSON.stringify({ a: secret })}\n`.repeat(40_000));
    const shown = bodyExcerpt(body, createRedactor([secret]));
    expect(shown).toContain('***');
    expect(leaks(shown, secret, secret)).toBeUndefined();
    expect(Buffer.byteLength(shown)).toBeLessThanOrEqual(EXCERPT_BYTES);
  });

  test('headers: by name, by value in every form, and in URLs', () => {
    fc.assert(
      fc.property(secrets, (secret) => {
        fc.pre(secret.trim() === secret && new Set(secret).size > 4);
        const headers = Object.fromEntries(
          Object.entries(forms).map(([name, write], i) => [`X-Echo-${i} ${name}`, write(secret)]),
        );
        const shown = traceHeaders(
          { ...headers, Location: `https://h.test/a?token=${encodeURIComponent(secret)}&b=1` },
          createRedactor([secret]),
        );
        for (const [name, write] of Object.entries(forms))
          expect([name, leaks(JSON.stringify(shown), secret, write(secret))]).toEqual([name, undefined]);
        expect(shown['location']).toBe('https://h.test/a?token=***&b=1');
      }),
      { seed: 20261127, numRuns: 100 },
    );
  });
});

describe('excerpts', () => {
  const plain = createRedactor([]);

  test('a body that is no text is named by its size', () => {
    expect(bodyExcerpt(Buffer.from([0x1f, 0x8b, 0, 1, 2, 255]), plain)).toBe('(binary, 6 bytes)');
    expect(bodyExcerpt(Buffer.from([0x7b, 0xff, 0xfe]), plain)).toBe('(binary, 3 bytes)');
  });

  test('an empty body gives nothing, a short one stays whole', () => {
    expect(bodyExcerpt(Buffer.alloc(0), plain)).toBe('');
    expect(bodyExcerpt(Buffer.from('{"a":"ü"}'), plain)).toBe('{"a":"ü"}');
  });

  test('a cut never halves a character', () => {
    const shown = bodyExcerpt(Buffer.from('€'.repeat(100_000)), plain);
    expect(shown).toBe('€'.repeat(Math.floor(EXCERPT_BYTES / 3)));
  });

  test('header values are cut after masking', () => {
    const shown = traceHeaders(
      { Note: `${'a'.repeat(495)}planted-secret` },
      createRedactor(['planted-secret']),
    );
    expect(shown['note']).toBe(`${'a'.repeat(495)}***`);
  });
});
