import type { z } from 'zod';
import type { Problem } from '../api/schemas.ts';
import { SluiceError } from '../core/errors.ts';
import { type CliErrorCode, cliErrors } from './errors.ts';

/** A SluiceError with a code of the command line; the hint defaults to the catalogue. */
export function cliError(
  code: CliErrorCode,
  message: string,
  hint: string = cliErrors[code].hint,
  cause?: unknown,
) {
  return new SluiceError({ code, message, hint, cause });
}

/** What the server said, as an error of the command. */
export class ProblemError extends SluiceError {
  readonly problem: z.output<typeof Problem>;

  constructor(problem: z.output<typeof Problem>) {
    const { code, detail, hint } = problem;
    super({ code, message: detail, ...(hint === undefined ? {} : { hint }) });
    this.name = 'ProblemError';
    this.problem = problem;
  }
}
