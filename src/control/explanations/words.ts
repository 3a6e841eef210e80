/** Reading of evidence that several causes share. */
import type { Evidence } from './api.ts';

const maxQuoted = 200;

/** ` The service says: “…”`, or nothing when the body says nothing. */
export function saying({ said }: Evidence): string {
  if (said === '') return '';
  return `; the service says “${said.length > maxQuoted ? `${said.slice(0, maxQuoted)}…` : said}”`;
}

/** Host of the request, for sentences. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'the service';
}

export function saysAny(evidence: Evidence, pattern: RegExp): boolean {
  return pattern.test(evidence.said) || pattern.test(evidence.excerpt) || pattern.test(evidence.message);
}

export const planWords =
  /\b(?:(?:free|standard|basic|current|your|this) (?:plan|tier|edition)|plan|subscription|licen[cs]ed?|upgrade|premium|enterprise (?:plan|tier|edition)|billing|add-?on)\b/i;
export const loginWords =
  /(?:log|sign)[-_ ]?(?:in|on)\b|\bsso\b|\bsaml|oauth|\bidp\b|\bauth(?:enticate|orize)?\b|type=["']?password/i;
