import type { Clock } from '../core/clock.ts';
import { isSluiceError } from '../core/errors.ts';
import type { Definition } from '../definition/model.ts';
import type { QueryRunner } from './queries.ts';

/** Answers are reused: a gallery that several people watch must not become load. Without new rows they hold longer. */
const cacheMs = 1_000;
const cacheUnchangedMs = 15_000;

interface GraphSeries {
  metricName: string;
  legend: string;
  points: { at: string; value: number }[];
  error?: string;
}

/** The questions that a definition's own queries answer: graph, sparkline, last data. */
export interface DefinitionQueries {
  graph(
    definition: Definition,
    from: Date,
    to: Date,
    binMinutes: number,
  ): Promise<{ from: string; to: string; binMinutes: number; series: GraphSeries[] }>;
  /** Daily counts, oldest first, or null when the definition's query fails. */
  daily(definition: Definition, days: number): Promise<number[] | null>;
  lastData(definition: Definition): Promise<string | null>;
  dataTypes(definition: Definition): Promise<{ name: string; lastDataAt: string | null; error?: string }[]>;
}

const dayMs = 86_400_000;

/** @param deliveries rises whenever rows reach a table */
export function createDefinitionQueries(options: {
  readonly queries: QueryRunner;
  readonly clock: Clock;
  readonly deliveries: () => number;
}): DefinitionQueries {
  const { queries, clock, deliveries } = options;
  const answers = new Map<string, { atMs: number; deliveries: number; answer: Promise<unknown[][]> }>();

  async function ask(text: string): Promise<unknown[][]> {
    const known = answers.get(text);
    const ageMs = known ? clock.now() - known.atMs : 0;
    if (known && ageMs < (known.deliveries === deliveries() ? cacheUnchangedMs : cacheMs))
      return known.answer;
    const answer = queries.rows(text).then((r) => r.rows);
    answers.set(text, { atMs: clock.now(), deliveries: deliveries(), answer });
    if (answers.size > 500) answers.clear();
    return answer;
  }

  async function points(
    baseQuery: string,
    from: Date,
    to: Date,
    binMinutes: number,
  ): Promise<{ at: string; value: number }[]> {
    const text = `${baseQuery}\n| where TimeGenerated >= datetime(${from.toISOString()}) and TimeGenerated < datetime(${to.toISOString()})\n| summarize Value = count() by At = bin(TimeGenerated, ${binMinutes}m)\n| order by At asc`;
    return (await ask(text)).map(([value, at]) =>
      typeof at === 'string' ? { at, value: Number(value) } : { at: String(value), value: Number(at) },
    );
  }

  async function lastOf(query: string): Promise<{ lastDataAt: string | null; error?: string }> {
    try {
      const [row] = await ask(query);
      const time = row?.find((cell) => typeof cell === 'string');
      return { lastDataAt: typeof time === 'string' ? time : null };
    } catch (error) {
      return { lastDataAt: null, error: reason(error) };
    }
  }

  return {
    async graph(definition, from, to, binMinutes) {
      const series = await Promise.all(
        definition.ui.graphQueries.map(async (q): Promise<GraphSeries> => {
          const head = { metricName: q.metricName, legend: q.legend };
          try {
            return { ...head, points: await points(q.baseQuery, from, to, binMinutes) };
          } catch (error) {
            return { ...head, points: [], error: reason(error) };
          }
        }),
      );
      return { from: from.toISOString(), to: to.toISOString(), binMinutes, series };
    },
    async daily(definition, days) {
      const query = definition.ui.graphQueries[0]?.baseQuery;
      if (query === undefined) return null;
      // Whole days make the text, and so the stored compilation, the same all day long.
      const end = Math.ceil(clock.now() / dayMs) * dayMs;
      const start = end - days * dayMs;
      try {
        const counts = new Array<number>(days).fill(0);
        for (const p of await points(query, new Date(start), new Date(end), 24 * 60)) {
          const day = Math.floor((Date.parse(p.at) - start) / dayMs);
          if (day >= 0 && day < days) counts[day] = p.value;
        }
        return counts;
      } catch (error) {
        if (isSluiceError(error)) return null;
        throw error;
      }
    },
    async lastData(definition) {
      const all = await this.dataTypes(definition);
      return all.reduce<string | null>(
        (newest, d) =>
          d.lastDataAt !== null && (newest === null || d.lastDataAt > newest) ? d.lastDataAt : newest,
        null,
      );
    },
    async dataTypes(definition) {
      return Promise.all(
        definition.ui.dataTypes.map(async (d) => ({
          name: d.name,
          ...(await lastOf(d.lastDataReceivedQuery)),
        })),
      );
    },
  };
}

function reason(error: unknown): string {
  if (isSluiceError(error)) return `${error.code}: ${error.message}`;
  throw error;
}
