import { hash } from 'node:crypto';
import { quoteString } from '../engine/sql-text.ts';

/**
 * `_ItemId` is the first 16 bytes, in hex, of the SHA-256 of `<key>:<occurrence>:<flow>:<source identity>` (delivery §2).
 * The key has 32 digits, the two numbers hold no colon and the identity is the rest, so no two tuples share a text.
 */
export interface ItemIdParts {
  readonly sourceIdentity: string;
  /** 32 hex digits. */
  readonly key: string;
  /** From 1. */
  readonly occurrence: number;
  /** Ordinal of the dataFlow; -1 for rejected records. */
  readonly flow: number;
}

export function itemId(parts: ItemIdParts): string {
  const text = `${parts.key}:${parts.occurrence}:${parts.flow}:${parts.sourceIdentity}`;
  return hash('sha256', text, 'hex').slice(0, 32);
}

/** The same as SQL over the carried columns of a segment. */
export function itemIdSql(parts: {
  readonly sourceIdentity: string;
  readonly flow: number;
  /** Column expressions of key and occurrence. */
  readonly key: string;
  readonly occurrence: string;
}): string {
  const tail = quoteString(`:${parts.flow}:${parts.sourceIdentity}`);
  return `lower(hex(substring(SHA256(concat(${parts.key}, ':', toString(${parts.occurrence}), ${tail})), 1, 16)))`;
}
