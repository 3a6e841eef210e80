import { createHash } from 'node:crypto';
import { templateError } from '../errors.ts';
import { strict, type TemplateFunction } from '../function.ts';
import { type TemplateValue, toText } from '../value.ts';

/** Digest of the argument list; lengths keep ('ab','c') and ('a','bc') apart. */
function digest(args: readonly TemplateValue[]): Buffer {
  const hash = createHash('sha256');
  for (const arg of args) {
    const text = toText(arg);
    hash.update(`${text.length}:`).update(text);
  }
  return hash.digest();
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

/** 13 characters like the original's; repeatable, but not the values that Azure computes. */
function uniqueString(args: readonly TemplateValue[]): string {
  return Array.from(digest(args).subarray(0, 13), (byte) => alphabet[byte % 32]).join('');
}

function guidOf(bytes: Buffer): string {
  const hex = bytes.subarray(0, 16).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export const identityFunctions = {
  uniqueString: strict('Repeatable short text made from its arguments.', [1], uniqueString),
  guid: strict('Repeatable GUID made from its arguments.', [1], (args) => guidOf(digest(args))),
  newGuid: strict('A new GUID.', [0, 0], (_, scope) => {
    if (!scope.newGuid) throw templateError('TEMPLATE_ARGUMENT', 'a new GUID cannot be made here');
    return scope.newGuid();
  }),
} satisfies Record<string, TemplateFunction>;
