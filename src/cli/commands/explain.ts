import type { z } from 'zod';
import type { Explanation, RunSummary } from '../../api/schemas.ts';
import { ProblemError } from '../cli-error.ts';
import { type Client, segment } from '../client.ts';
import { type CommandSpec, command, onRun } from '../command.ts';
import { printResult } from '../output.ts';
import { renderFields } from '../table.ts';

type Value = z.output<typeof Explanation>;
type Run = z.output<typeof RunSummary>;

const runsLookedAt = '200';

function notFound(error: unknown): boolean {
  return error instanceof ProblemError && error.problem.code === 'RUN_NOT_FOUND';
}

/** The latest failed run of a connection, else its latest run. */
async function runOf(client: Client, connection: string): Promise<string | undefined> {
  const path = `/connections/${segment(connection)}/runs`;
  const { items } = await client.call<{ items: Run[] }>(path, { query: { limit: runsLookedAt } });
  return (items.find((run) => run.state === 'failed') ?? items[0])?.id;
}

/** A run by its id, else a connection by name or id. */
async function explanationOf(client: Client, text: string): Promise<Value | undefined> {
  const byRun = (id: string) => client.call<Value>(`/runs/${segment(id)}/explanation`);
  try {
    return await byRun(text);
  } catch (error) {
    if (!notFound(error)) throw error;
  }
  const id = await runOf(client, text);
  return id === undefined ? undefined : byRun(id);
}

function render(e: Value): string {
  const { request, place } = e;
  return renderFields([
    ['what', e.what],
    ...(request
      ? [
          ['request', `${request.method} ${request.url} → ${request.status ?? 'no answer'}`] as [
            string,
            unknown,
          ],
        ]
      : []),
    ...(place ? [['place', `${place.file} ${place.path}`] as [string, unknown]] : []),
    ['cause', `${e.cause} (confidence ${e.confidence})`],
    ['fix', e.fix],
    ...(e.code === null ? [] : [['code', e.code] as [string, unknown]]),
    ['run', e.runId],
  ]);
}

export const explain: CommandSpec = {
  create: (cli) =>
    onRun(
      command(
        'explain',
        'Explain a run, or the latest failed run of a connection: what happened, where, why, and what to do',
      ).argument('<run-or-connection>', 'id of a run, or name or id of a connection'),
      cli,
      async ({ io, json, client, args: [name = ''] }) => {
        const value = await explanationOf(client(), name);
        await printResult(io, json, value ?? null, () =>
          value ? render(value) : `${name} has no run yet\n`,
        );
        return 0;
      },
    ),
};
