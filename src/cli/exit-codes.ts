import { isSluiceError } from '../core/errors.ts';
import { ProblemError } from './cli-error.ts';

export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  auth: 4,
  unreachable: 5,
  refused: 6,
} as const;

/** For --help and docs/cli.md. */
export const exitCodeMeanings: readonly (readonly [number, string])[] = [
  [exitCodes.ok, 'done'],
  [exitCodes.failed, 'failed: the server or the work itself'],
  [exitCodes.usage, 'the command line is wrong'],
  [exitCodes.notFound, 'the named thing does not exist'],
  [exitCodes.auth, 'not signed in, or the role does not allow it'],
  [exitCodes.unreachable, 'the server does not answer'],
  [exitCodes.refused, 'refused: invalid input, a conflict, or findings with errors'],
];

const byCode: Readonly<Record<string, number>> = {
  USAGE: exitCodes.usage,
  CONFIRMATION_NEEDED: exitCodes.usage,
  SERVER_NOT_RUNNING: exitCodes.unreachable,
  SERVER_UNREACHABLE: exitCodes.unreachable,
  SERVER_CONNECTION_LOST: exitCodes.unreachable,
  SERVER_ANSWER_UNKNOWN: exitCodes.unreachable,
  TOKEN_MISSING: exitCodes.auth,
  INPUT_UNREADABLE: exitCodes.notFound,
  PACKAGE_EMPTY: exitCodes.refused,
  PACKAGE_TOO_LARGE: exitCodes.refused,
  PARAMETERS_FILE_INVALID: exitCodes.refused,
  DEFINITION_HAS_ERRORS: exitCodes.refused,
};

function ofStatus(status: number): number {
  if (status === 404) return exitCodes.notFound;
  if (status === 401 || status === 403 || status === 429) return exitCodes.auth;
  return status >= 400 && status < 500 ? exitCodes.refused : exitCodes.failed;
}

/** Exit code for whatever a command threw. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof ProblemError) return ofStatus(error.problem.status);
  if (isSluiceError(error)) return byCode[error.code] ?? exitCodes.failed;
  return exitCodes.failed;
}
