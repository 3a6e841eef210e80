/** What a trace may keep of an answer: masked headers, and the start of the body with every known secret masked. */
import { isUtf8 } from 'node:buffer';
import type { Redactor } from '../core/redact.ts';

/** Bytes of an excerpt at most. */
export const EXCERPT_BYTES = 4096;
/**
 * A secret that the cut would halve could not be recognised any more. So a long body is masked twice, with and without this much
 * more behind the cut: where the two begin to differ, a secret may lie across the cut, and nothing is kept from there on.
 */
const SEEN_BYTES = 64 * 1024;
const MARGIN_BYTES = 128 * 1024;
const MAX_HEADERS = 60;
const MAX_HEADER_LENGTH = 500;

/** Headers whose value is, or holds, a URL. */
const URL_HEADERS = new Set(['location', 'content-location', 'link', 'referer', 'refresh']);

function isText(bytes: Uint8Array, cut: boolean): boolean {
  if (bytes.includes(0)) return false;
  // Where the body was cut, its last character may be incomplete.
  const tails = cut ? [0, 1, 2, 3] : [0];
  return tails.some((tail) => isUtf8(bytes.subarray(0, bytes.length - tail)));
}

/** At most `limit` bytes of UTF-8, no half character at the end. */
function cutText(text: string, limit: number): string {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= limit) return text;
  let end = limit;
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}

function commonStart(a: string, b: string): string {
  const limit = Math.min(a.length, b.length, EXCERPT_BYTES);
  let end = 0;
  while (end < limit && a[end] === b[end]) end += 1;
  return a.slice(0, end);
}

/**
 * The first 4 KB of a body as text, secrets masked in every form that the redactor knows; a body that is no UTF-8 text is
 * named by its size alone.
 */
export function bodyExcerpt(body: Uint8Array, redactor: Redactor): string {
  if (body.length === 0) return '';
  const cut = body.length > SEEN_BYTES + MARGIN_BYTES;
  const seen = cut ? body.subarray(0, SEEN_BYTES + MARGIN_BYTES) : body;
  if (!isText(seen, cut)) return `(binary, ${body.length} bytes)`;
  const masked = (length: number) => redactor.redact(Buffer.from(seen.subarray(0, length)).toString('utf8'));
  const known = cut ? commonStart(masked(SEEN_BYTES), masked(seen.length)) : masked(seen.length);
  return cutText(known, EXCERPT_BYTES);
}

/** Headers as a trace shows them: lower-case names, credentials masked whole, URLs as URLs, long values cut after masking. */
export function traceHeaders(
  headers: Readonly<Record<string, string>>,
  redactor: Redactor,
): Record<string, string> {
  const lower = Object.entries(headers)
    .slice(0, MAX_HEADERS)
    .map(([name, value]) => [name.toLowerCase(), value] as const);
  const masked = redactor.redactHeaders(Object.fromEntries(lower));
  return Object.fromEntries(
    Object.entries(masked).map(([name, value]) => [
      redactor.redact(name),
      (URL_HEADERS.has(name) ? redactor.redactUrl(value) : value).slice(0, MAX_HEADER_LENGTH),
    ]),
  );
}
