import { isSluiceError, SluiceError } from '../core/errors.ts';

/** Every code that this module raises. */
export const engineErrors = {
  ENGINE_START: {
    summary: 'The log engine did not start.',
    hint: 'Read the engine text in the message; check that the data folder is writable and has free space.',
  },
  ENGINE_LOCKED: {
    summary: 'Another process holds the engine data folder.',
    hint: 'Stop the process named in the message, or choose another data folder.',
  },
  ENGINE_UNAVAILABLE: {
    summary: 'The log engine is restarting and was not ready in time.',
    hint: 'Try again; if it lasts, read the last error in the engine status.',
  },
  ENGINE_STOPPED: { summary: 'The log engine was closed.', hint: 'Start Sluice again.' },
  ENGINE_GONE: { summary: 'The engine process ended while a query ran.', hint: 'Try again.' },
  ENGINE_UNCONFIRMED: {
    summary: 'The engine did not confirm a statement; it may have taken effect or not.',
    hint: 'Read back what is there before trying again.',
  },
  ENGINE_MEMORY: {
    summary: 'The statement needed more memory than it may use.',
    hint: 'Narrow the time range or the columns, or raise the engine memory budget.',
  },
  ENGINE_TIMEOUT: {
    summary: 'The statement ran longer than it may.',
    hint: 'Narrow the time range, or raise the time limit.',
  },
  ENGINE_RESULT_TOO_LARGE: {
    summary: 'The result is larger than it may be.',
    hint: 'Add `take`, `summarize` or a narrower time range.',
  },
  ENGINE_DISK_FULL: {
    summary: 'The engine found no space on its disk.',
    hint: 'Free space on the data disk or shorten the retention of tables.',
  },
  ENGINE_ERROR: {
    summary: 'The engine refused the statement.',
    hint: 'Read the engine text in the message.',
  },
  ENGINE_RESULT: { summary: 'The engine answered in an unexpected form.', hint: 'Report this as a bug.' },
  QUERY_CANCELLED: { summary: 'The statement was cancelled.', hint: 'Run it again if it is still wanted.' },
  TABLE_COLUMN_TYPE: {
    summary: 'A column exists with another type; a column never changes its type in place.',
    hint: 'Use another column or table name, or drop the table and rebuild it from the archive.',
  },
  TABLE_NAME: {
    summary: 'The table or column name is not allowed.',
    hint: 'Start with a letter or underscore; use letters, digits, _ and up to 200 characters.',
  },
  TABLE_MISSING: { summary: 'The table does not exist.', hint: 'Check the name against the list of tables.' },
  TABLE_RETENTION: {
    summary: 'The retention is out of range.',
    hint: 'Give whole days between 1 and 36500.',
  },
  BAD_IDENTIFIER: {
    summary: 'A name cannot be an identifier.',
    hint: 'Give a name without NUL that is not empty.',
  },
  BAD_QUERY_ID: {
    summary: 'A query id has characters that are not allowed.',
    hint: 'Use letters, digits and . _ : # @ -',
  },
  RUNTIME_FOLDER: {
    summary: 'The folder for the engine socket is not safe to use.',
    hint: 'Remove the folder named in the message, or set TMPDIR to a folder of your own.',
  },
} as const;

export type EngineErrorCode = keyof typeof engineErrors;

/** What a statement does: a `read` may simply run again, a `write` may have taken effect. */
export type StatementEffect = 'read' | 'write';

/** Builds an error of this module; summary and hint come from the catalogue. */
export function engineError(
  code: EngineErrorCode,
  message: string,
  options: { cause?: unknown; retryable?: boolean } = {},
): SluiceError {
  return new SluiceError({ code, message, hint: engineErrors[code].hint, ...options });
}

/** Engine error numbers that say something about the cause; every other number is ENGINE_ERROR. */
const byNumber: Readonly<Record<string, EngineErrorCode>> = {
  159: 'ENGINE_TIMEOUT',
  160: 'ENGINE_TIMEOUT',
  209: 'ENGINE_TIMEOUT',
  241: 'ENGINE_MEMORY',
  243: 'ENGINE_DISK_FULL',
  394: 'QUERY_CANCELLED',
  396: 'ENGINE_RESULT_TOO_LARGE',
};

const retryable = new Set<EngineErrorCode>(['ENGINE_MEMORY', 'ENGINE_TIMEOUT', 'ENGINE_DISK_FULL']);

interface EngineFailure {
  readonly code: string;
  readonly message: string;
}

/** Shape of the stock client's ClickHouseError: `code` is the engine's number, as text. */
function isEngineFailure(error: unknown): error is Error & EngineFailure {
  return error instanceof Error && /^\d+$/.test(String((error as { code?: unknown }).code ?? ''));
}

/** True for an answer of the engine or an error of ours; false for a connection that failed. */
export function isEngineAnswer(error: unknown): boolean {
  return isSluiceError(error) || isEngineFailure(error);
}

/** True when no connection came about, so that the engine cannot have the statement. */
export function wasNeverSent(error: unknown): boolean {
  const failure = error as Partial<NodeJS.ErrnoException>;
  return failure.syscall === 'connect' && (failure.code === 'ENOENT' || failure.code === 'ECONNREFUSED');
}

function codeOf(failure: EngineFailure): EngineErrorCode {
  if (/ENOSPC|No space left on device/i.test(failure.message)) return 'ENGINE_DISK_FULL';
  return byNumber[failure.code] ?? 'ENGINE_ERROR';
}

/** First line of an engine text, at most 500 characters, without the SQL that it quotes: nobody wrote that by hand. */
function firstLine(text: string): string {
  const line = text.split('\n', 1)[0] ?? '';
  return line
    .replace(/: (?:In scope|while executing|While processing) .*$/s, '')
    .trim()
    .slice(0, 500);
}

/**
 * Error of the stock client as an error of ours. Anything that is no answer of the engine is a lost connection:
 * ENGINE_GONE for a read, ENGINE_UNCONFIRMED for a write. A write that was stopped half-way (time limit, kill) is
 * unconfirmed too.
 */
export function mapStatementError(error: unknown, effect: StatementEffect): SluiceError {
  if (isSluiceError(error)) return error;
  const text = error instanceof Error ? error.message : String(error);
  if (!isEngineFailure(error)) {
    return effect === 'write'
      ? engineError('ENGINE_UNCONFIRMED', `The engine did not confirm the statement: ${firstLine(text)}`, {
          cause: error,
          retryable: true,
        })
      : engineError('ENGINE_GONE', `The engine ended while the query ran: ${firstLine(text)}`, {
          cause: error,
          retryable: true,
        });
  }
  const code = codeOf(error);
  if (effect === 'write' && (code === 'ENGINE_TIMEOUT' || code === 'QUERY_CANCELLED')) {
    return engineError(
      'ENGINE_UNCONFIRMED',
      `The statement was stopped (${error.code}): ${firstLine(text)}`,
      { cause: error, retryable: true },
    );
  }
  return engineError(code, `${engineErrors[code].summary} Engine error ${error.code}: ${firstLine(text)}`, {
    cause: error,
    retryable: retryable.has(code),
  });
}
