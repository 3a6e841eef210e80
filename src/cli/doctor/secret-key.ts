import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Check, failed, ok, warning } from './check.ts';

function isKey(text: string): boolean {
  const trimmed = text.trim();
  return (
    /^[0-9a-fA-F]{64}$/.test(trimmed) ||
    (/^[A-Za-z0-9+/_-]{43}=?$/.test(trimmed) && Buffer.from(trimmed, 'base64').length === 32)
  );
}

export const secretKeyCheck: Check = {
  name: 'secret key',
  async run({ io, dataFolder }) {
    const fix =
      'Use 32 random bytes, for example from `openssl rand -base64 32`, or restore the key file from a backup.';
    const fromEnv = io.env.SLUICE_SECRET_KEY;
    if (fromEnv)
      return isKey(fromEnv)
        ? ok('from SLUICE_SECRET_KEY')
        : failed('SLUICE_SECRET_KEY does not hold 32 bytes in base64 or hex', fix);
    const file = join(dataFolder, 'secret.key');
    if (!existsSync(file)) return ok('will be made at the first start');
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch {
      return failed(`${file} cannot be read`, 'Run the command as the owner of the data folder.');
    }
    if (!isKey(text)) return failed(`${file} does not hold 32 bytes in base64 or hex`, fix);
    if ((statSync(file).mode & 0o077) !== 0)
      return warning(`${file} can be read by others`, `Run \`chmod 600 ${file}\`.`);
    return ok(file);
  },
};
