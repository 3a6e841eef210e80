import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncFolder } from '../core/durable-file.ts';
import { SluiceError } from '../core/errors.ts';

const secretKeyBytes = 32;

/**
 * The key of the secret store: SLUICE_SECRET_KEY (32 bytes, base64 or hex), else the key file, made on first use (mode 0600).
 * @throws SluiceError SECRET_KEY_INVALID; the text of the key is never in the message
 */
export function loadSecretKey(options: { readonly env: NodeJS.ProcessEnv; readonly file: string }): Buffer {
  const text = options.env.SLUICE_SECRET_KEY;
  if (text) return parseKey(text, 'SLUICE_SECRET_KEY');
  if (!existsSync(options.file)) createKeyFile(options.file);
  return parseKey(readFileSync(options.file, 'utf8'), options.file);
}

function createKeyFile(file: string): void {
  // 'wx': two starts at once must not end with two keys.
  const handle = openSync(file, 'wx', 0o600);
  try {
    writeSync(handle, `${randomBytes(secretKeyBytes).toString('base64')}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  syncFolder(dirname(file));
}

function parseKey(text: string, from: string): Buffer {
  const trimmed = text.trim();
  const key = /^[0-9a-fA-F]{64}$/.test(trimmed) ? Buffer.from(trimmed, 'hex') : decodeBase64(trimmed);
  if (key?.length === secretKeyBytes) return key;
  throw new SluiceError({
    code: 'SECRET_KEY_INVALID',
    message: `${from} does not hold ${secretKeyBytes} bytes in base64 or hex`,
    hint: 'Set SLUICE_SECRET_KEY to 32 random bytes, for example from `openssl rand -base64 32`.',
  });
}

function decodeBase64(text: string): Buffer | undefined {
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return undefined;
  return Buffer.from(text, 'base64');
}
