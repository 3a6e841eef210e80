import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../core/clock.ts';
import { quoteTable } from '../engine/sql-text.ts';
import { startTestEngine, type TestEngine } from '../engine/testing/engine.ts';
import { createKqlCompiler, type KqlClient } from '../kql/client.ts';
import { acmeFlow, makeDefinition, makePoller, page, recordText } from './testing/fixtures.ts';
import { type Lab, labFolder, openLab } from './testing/lab.ts';

let test: TestEngine;
let kql: KqlClient;
let lab: Lab;
let remove: () => Promise<void>;

beforeAll(async () => {
  test = await startTestEngine();
  kql = createKqlCompiler({ clock: systemClock });
  const made = await labFolder();
  remove = made.remove;
  lab = await openLab({ engine: test.engine, folder: made.folder, kql });
});
afterAll(async () => {
  await lab.stop();
  await kql.close();
  await test.close();
  await remove();
});

describe('transforms by the real compiler', () => {
  it('fill the table that they infer', async () => {
    const transformKql =
      'source\n| where message !has "skip"\n| extend TimeGenerated = created, Name = tostring(actor.name), Seen = now()\n| project TimeGenerated, Id = id, Name, Actor = actor, Upper = toupper(message), Seen';
    const definition = makeDefinition({ flows: [{ ...acmeFlow, transformKql }] });
    const prepared = await lab.ingest.prepare(definition);
    expect(prepared.diagnostics.filter((finding) => finding.severity === 'error')).toEqual([]);
    await lab.ingest.ensureTables(prepared);
    const sink = await lab.ingest.sinkFor({
      connectionId: 'c1',
      definition,
      poller: makePoller(),
      sourceIdentity: 's',
    });
    const read = sink.open({ poller: 'acme', mode: 'window', runId: 'r' });
    await read.append(page([recordText(1), recordText(2, 'skip this'), '{"id":3}']));
    await read.commit({ windowEndMs: 1 });
    await lab.ingest.start();
    await lab.ingest.drain();
    const { rows } = await test.engine.query(
      `SELECT toString(TimeGenerated), Id, Name, Actor, Upper, toString(Seen) FROM ${quoteTable('Acme_CL')} ORDER BY Id`,
    );
    const received = '2026-11-20 13:00:00.0000000';
    expect(rows).toEqual([
      ['2026-11-20 12:00:01.0000000', '1', 'user1', '{"name":"user1"}', 'EVENT 1', received],
      [received, '3', '', '', '', received],
    ]);
  });

  it('that do not compile are refused with their place', async () => {
    const definition = makeDefinition({
      flows: [{ ...acmeFlow, transformKql: 'source | summarize count()' }],
    });
    const { flows, diagnostics } = await lab.ingest.prepare(definition);
    expect(flows).toEqual([]);
    expect(diagnostics[0]).toMatchObject({ severity: 'error', place: { path: 'dataFlows[0].transformKql' } });
    expect(diagnostics[0]?.code).toMatch(/^KQL_/);
  });
});
