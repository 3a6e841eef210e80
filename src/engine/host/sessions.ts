/** The only file that touches chDB. */
import { type ChdbQueryStream, type ChdbResult, Session } from 'chdb';
import { quoteString } from '../sql-text.ts';

export interface Statement {
  readonly sql: string;
  readonly format: string;
  readonly database?: string;
  /** Settings and `param_*` values, applied to this statement alone. */
  readonly settings: ReadonlyMap<string, string>;
}

/** An error text of the engine, `Code: N. DB::Exception: … (NAME)`. */
export function engineErrorText(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return /^Code: \d+/.test(text) ? text : `Code: 1001. DB::Exception: ${text} (STD_EXCEPTION)`;
}

/**
 * A session per statement: settings stay on a session, and a deduplication token that stays drops the next insert
 * in silence. Opening one takes 0.5 ms while another session keeps the folder open.
 */
async function openSession(dataDir: string, statement: Statement): Promise<Session> {
  const session = new Session(dataDir);
  try {
    if (statement.database !== undefined) await session.queryAsync(`USE \`${statement.database}\``);
    const sets = [...statement.settings].map(([name, value]) => `${name}=${quoteString(value)}`);
    if (sets.length > 0) await session.queryAsync(`SET ${sets.join(', ')}`);
    return session;
  } catch (error) {
    session.close();
    throw error;
  }
}

/** Runs a statement on the thread pool and gives the whole result. */
export async function runBuffered(dataDir: string, statement: Statement): Promise<ChdbResult> {
  const session = await openSession(dataDir, statement);
  try {
    return await session.queryAsync(statement.sql, { format: statement.format });
  } finally {
    session.close();
  }
}

/**
 * Hands out blocks of the result as the engine makes them; only SELECT. Leaving the loop early cancels the statement.
 * The engine plans the statement on the calling thread, scalar subqueries included.
 */
export async function* runStreaming(dataDir: string, statement: Statement): AsyncGenerator<Uint8Array> {
  const session = await openSession(dataDir, statement);
  try {
    const stream: ChdbQueryStream = session.queryStream(statement.sql, { format: statement.format });
    for await (const chunk of stream) yield chunk.raw();
  } finally {
    session.close();
  }
}

/** Opens the folder with the server configuration; the session must stay open for as long as the host runs. */
export function openDataDir(dataDir: string, configFile: string): Session {
  return new Session(dataDir, { connectionArgs: [`--config-file=${configFile}`] });
}
