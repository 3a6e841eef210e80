/**
 * Masks secret values wherever text leaves the program: errors, traces, logs, answers. By value first (whatever form the
 * secret takes on its way), by name second (headers and query parameters that carry credentials).
 */

import { encodedSecretPattern } from './encoded-secret.ts';

export const MASK = '***';

export interface Redactor {
  /** Replaces each known secret, in every form it is known to take. */
  redact(text: string): string;
  /** `redact`, plus user info and the values of credential-like query parameters. Works on anything, also on no URL. */
  redactUrl(url: string): string;
  /** `redact` on values; values of credential-like headers are masked whole. */
  redactHeaders(headers: Readonly<Record<string, string>>): Record<string, string>;
}

const SECRET_PARAMETER =
  /^(?:access[-_]?token|api[-_]?key|apikey|key|token|auth|authorization|password|passwd|pwd|secret|client[-_]?secret|sig|signature|code|refresh[-_]?token|session(?:id)?|jwt)$/i;
const SECRET_HEADER =
  /^(?:(?:proxy-)?authorization|cookie|set-cookie)$|key|token|secret|password|signature|session|credential/i;

/** Shorter values are masked only where they stand alone as a word: replacing them anywhere would destroy every text. */
const FREE_LENGTH = 4;

function percentForms(text: string): string[] {
  const encoded = encodeURIComponent(text);
  const strict = encoded.replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const forms = [encoded, strict, new URLSearchParams({ v: text }).toString().slice(2)];
  return forms.flatMap((form) => [form, form.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase())]);
}

/**
 * The parts of base64 text that depend on the secret alone, for each of the three ways it can lie across 6-bit groups:
 * this finds a secret inside a longer encoded text, such as `user:secret` of Basic authentication.
 */
function base64Forms(text: string): string[] {
  const bytes = Buffer.from(text, 'utf8');
  const forms = [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const from = Math.ceil((shift * 8) / 6);
    const to = Math.floor(((shift + bytes.length) * 8) / 6);
    return encoded.slice(from, to);
  });
  const whole = bytes.toString('base64');
  const all = [whole, whole.replace(/=+$/, ''), ...forms].filter((form) => form.length >= FREE_LENGTH);
  return all.flatMap((form) => [
    form,
    form.replace(/\+/g, '-').replace(/\//g, '_'),
    encodeURIComponent(form),
  ]);
}

/** Every form in which a secret may show up. */
function formsOf(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const ascii = json.replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const slashed = json.replace(/\//g, '\\/');
  const html = secret
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
  return [
    secret,
    json,
    ascii,
    slashed,
    html,
    ...percentForms(secret),
    ...percentForms(json),
    JSON.stringify(json).slice(1, -1),
    Buffer.from(secret, 'utf8').toString('hex'),
    ...base64Forms(secret),
  ];
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

function buildPattern(secrets: readonly string[]): RegExp | undefined {
  const forms = new Set<string>();
  const words = new Set<string>();
  for (const secret of secrets) {
    if (secret.trim() === '') continue;
    if (secret.length < FREE_LENGTH) words.add(secret);
    else for (const form of formsOf(secret)) forms.add(form);
  }
  // Longest first, so that a form is never cut by a shorter one that it contains.
  const free = [...forms].sort((a, b) => b.length - a.length).map(escapeRegExp);
  const alone = [...words].map((word) => `(?<![A-Za-z0-9])${escapeRegExp(word)}(?![A-Za-z0-9])`);
  const encoded = [...secrets]
    .filter((secret) => secret.trim() !== '' && secret.length >= FREE_LENGTH)
    .sort((a, b) => b.length - a.length)
    .flatMap((secret) => encodedSecretPattern(secret) ?? []);
  const parts = [...encoded, ...free, ...alone];
  return parts.length === 0 ? undefined : new RegExp(parts.join('|'), 'g');
}

/** `Basic <base64>` whose decoded text holds a secret of any length. */
function redactBasic(text: string, secrets: readonly string[]): string {
  return text.replace(/\bBasic\s+([A-Za-z0-9+/_-]{2,}={0,2})/g, (all, encoded: string) => {
    const decoded = Buffer.from(encoded, 'base64').toString('utf8');
    return secrets.some((secret) => secret !== '' && decoded.includes(secret)) ? `Basic ${MASK}` : all;
  });
}

function redactQuery(query: string): string {
  const pairs = query.split('&').map((pair) => {
    const equals = pair.indexOf('=');
    if (equals < 0) return pair;
    const name = pair.slice(0, equals);
    return SECRET_PARAMETER.test(name) ? `${name}=${MASK}` : pair;
  });
  return pairs.join('&');
}

/** @param secrets values that must not appear; empty ones are ignored */
export function createRedactor(secrets: readonly string[]): Redactor {
  // Through UTF-8 and back: a lone surrogate can't be percent-encoded, and never goes out as one either.
  const known = [
    ...new Set(secrets.filter((secret) => secret !== '').map((secret) => Buffer.from(secret).toString())),
  ];
  const pattern = buildPattern(known);
  const redact = (text: string): string => {
    const plain = redactBasic(text, known);
    return pattern ? plain.replace(pattern, MASK) : plain;
  };
  const redactUrl = (url: string): string => {
    const masked = redact(url).replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#@]*@/i, `$1${MASK}@`);
    const [, before = '', query = '', hash = ''] = /^([^?#]*)(?:\?([^#]*))?(#.*)?$/s.exec(masked) ?? [];
    return query === '' ? masked : `${before}?${redactQuery(query)}${hash}`;
  };
  return {
    redact,
    redactUrl,
    redactHeaders: (headers) =>
      Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [
          name,
          SECRET_HEADER.test(name) ? MASK : redact(value),
        ]),
      ),
  };
}
