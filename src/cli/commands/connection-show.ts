import type { z } from 'zod';
import type { Connection, RunSummary } from '../../api/schemas.ts';
import { segment } from '../client.ts';
import { type CommandSpec, command, onRun } from '../command.ts';
import { printResult } from '../output.ts';
import { renderFields, renderTable } from '../table.ts';
import { behindText } from './connection-list.ts';

type Item = z.output<typeof Connection>;
type Run = z.output<typeof RunSummary>;

function parameterText(value: Item['parameters'][string]): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.join(', ');
  return value.set ? `set, ends in ${value.last4}` : 'not set';
}

const waitReasons: Readonly<Record<string, string>> = {
  'own-limit': 'its own limit',
  slowed: 'slowed after the service throttled',
  budget: 'the budget that the service grants',
  'retry-after': 'the service asked to wait',
  reset: 'the service asked to wait',
  'back-off': 'backing off, the service throttled',
};

function rateText({ allowedPerMinute, waitingUntil, reason }: NonNullable<Item['rate']>): string {
  const allowed = allowedPerMinute === null ? 'not limited' : `${allowedPerMinute} requests a minute`;
  const waiting = waitingUntil === null ? '' : `, waits until ${waitingUntil}`;
  return reason === null ? `${allowed}${waiting}` : `${allowed}${waiting} (${waitReasons[reason] ?? reason})`;
}

function render(c: Item, runs: readonly Run[]): string {
  const fields: [string, unknown][] = [
    ['name', c.name],
    ['id', c.id],
    ['connector', `${c.definitionTitle} (${c.definitionId})`],
    ['state', `${c.state}: ${c.stateReason}`],
    ['behind', behindText(c)],
    ['last data', c.lastDataAt ?? 'never'],
    ['next run', c.nextRunAt ?? 'none'],
    ...(c.rate ? [['rate', rateText(c.rate)] satisfies [string, unknown]] : []),
    ['waiting for insert', c.pendingInserts],
    ...Object.entries(c.parameters).map(([name, value]): [string, unknown] => [
      `parameter ${name}`,
      parameterText(value),
    ]),
    ...Object.entries(c.options).map(([name, value]): [string, unknown] => [`option ${name}`, value]),
    ...c.pollers.map((p): [string, unknown] => [
      `poller ${p.name}`,
      `collected until ${p.collectedUntil ?? 'nothing yet'} → ${p.tables.join(', ')}`,
    ]),
  ];
  const head = ['RUN', 'STATE', 'STARTED', 'REQUESTS', 'RECEIVED', 'NEW', 'ERROR'];
  const rows = runs.map((r) => [
    r.id,
    r.state,
    r.startedAt,
    r.requests,
    r.received,
    r.new,
    r.error?.message ?? '',
  ]);
  return `${renderFields(fields)}\n${runs.length > 0 ? renderTable(head, rows) : 'no runs yet\n'}`;
}

export const connectionShow: CommandSpec = {
  group: 'connection',
  create: (cli) =>
    onRun(
      command('show', 'Show a connection and its latest runs').argument('<name>', 'name or id'),
      cli,
      async ({ io, json, client, args: [name = ''] }) => {
        const path = `/connections/${segment(name)}`;
        const connection = await client().call<Item>(path);
        const runs = await client().call<{ items: Run[] }>(`${path}/runs`, { query: { limit: '5' } });
        await printResult(io, json, { connection, runs: runs.items }, () => render(connection, runs.items));
        return 0;
      },
    ),
};
