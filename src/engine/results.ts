import type { Readable } from 'node:stream';
import type { BaseResultSet } from '@clickhouse/client';
import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import type { EngineResult } from './api.ts';
import { engineError } from './errors.ts';

const compactSchema = z.object({
  meta: z.array(z.object({ name: z.string(), type: z.string() })),
  data: z.array(z.array(z.unknown())),
});

type AnyResult = Pick<BaseResultSet<Readable, 'JSONCompact'>, 'text'>;
type AnyStream = { stream(): AsyncIterable<readonly { readonly text: string }[]> };

/** Whole answer in format JSONCompact. */
export async function readResult(result: AnyResult): Promise<Omit<EngineResult, 'elapsedMs'>> {
  const text = await result.text();
  const parsed = compactSchema.safeParse(parseJson(text));
  if (!parsed.success)
    throw engineError('ENGINE_RESULT', `The engine answered ${JSON.stringify(text.slice(0, 100))}`);
  return { columns: parsed.data.meta, rows: parsed.data.data };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw engineError('ENGINE_RESULT', 'The engine answered something that is not JSON', { cause: error });
  }
}

/** Blocks of an answer in format JSONCompactEachRowWithNamesAndTypes; at least one, so that columns are known. */
export async function* readBlocks(result: AnyStream, clock: Clock): AsyncGenerator<EngineResult> {
  const started = clock.now();
  let names: readonly string[] | undefined;
  let columns: EngineResult['columns'] | undefined;
  for await (const lines of result.stream()) {
    const rows: (readonly unknown[])[] = [];
    for (const line of lines) {
      const row = parseJson(line.text) as readonly unknown[];
      if (names === undefined) names = row as readonly string[];
      else if (columns === undefined) columns = names.map((name, i) => ({ name, type: String(row[i]) }));
      else rows.push(row);
    }
    if (columns !== undefined && rows.length > 0) yield { columns, rows, elapsedMs: clock.now() - started };
  }
  if (columns === undefined) throw engineError('ENGINE_RESULT', 'The engine sent no column names');
  yield { columns, rows: [], elapsedMs: clock.now() - started };
}
