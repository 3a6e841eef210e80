import type { z } from 'zod';
import type { Health } from '../../api/schemas.ts';
import { isSluiceError } from '../../core/errors.ts';
import { createClient } from '../client.ts';
import { findTarget } from '../target.ts';
import { type Check, failed, ok, warning } from './check.ts';

export const serverCheck: Check = {
  name: 'server',
  async run({ io, options }) {
    try {
      const target = findTarget(options, io.env);
      const health = await createClient(target).call<z.output<typeof Health>>('/health');
      const message = `${target.url} answers: ${health.status}, version ${health.version ?? 'unknown'}`;
      return health.status === 'ok'
        ? ok(message)
        : warning(message, 'See `sluice health` and `sluice connection list`.');
    } catch (error) {
      if (!isSluiceError(error)) throw error;
      // Nothing has been started: nothing is wrong.
      if (error.code === 'SERVER_NOT_RUNNING') return ok('not running');
      return failed(error.message, error.hint ?? 'Check the address.');
    }
  },
};
