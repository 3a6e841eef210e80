import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { armFailpoint, failpointNames } from '../core/failpoint.ts';
import { startTestEngine, type TestEngine } from '../engine/testing/engine.ts';
import {
  archivedRecords,
  columnValues,
  type Lab,
  labFolder,
  multiset,
  openLab,
  segmentObjects,
} from './testing/lab.ts';
import { expectedTexts, readWindows } from './testing/scenario.ts';

/** Two windows with news and a quiet one. */
const windowsEach = 3;
let test: TestEngine;
let folder: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  test = await startTestEngine();
});
afterAll(() => test.close());
beforeEach(async () => {
  ({ folder, remove } = await labFolder());
  await test.engine.dropTable('Acme_CL');
});
afterEach(async () => {
  armFailpoint(undefined);
  await remove();
});

const names = failpointNames.filter((name) => name.startsWith('ingest.') || name.startsWith('archive.'));
const putPoints = names.filter((name) => name.startsWith('archive.put.'));
const otherPoints = names.filter((name) => !name.startsWith('archive.put.'));

/** Each group runs in one folder: the first object written there is a transform, then a segment, then its sidecar. */
const groups = putPoints.map((name, i) => [
  `${name}:throw@1`,
  `${name}:throw@1`,
  `${name}:throw@2`,
  ...otherPoints.filter((_, j) => j % putPoints.length === i).map((point) => `${point}:throw@1`),
]);

describe('a failure at each named point of the protocol', () => {
  it('covers every failpoint of archive and ingest', () => {
    expect(names.length).toBeGreaterThan(20);
    expect(new Set(groups.flat().map((point) => point.split(':')[0]))).toEqual(new Set(names));
  });

  it.each(groups)('%s and what follows lose and repeat nothing', async (...points) => {
    const lab = await openLab({ engine: test.engine, folder, limits: { batchRecords: 30 } });
    await lab.ingest.start();
    let windows = 0;
    for (const point of points) {
      lab.events.length = 0;
      armFailpoint(point);
      windows += windowsEach;
      const failures = await readWindows(lab.ingest, windows);
      await lab.ingest.drain();
      const retries = lab.events.filter((event) => event.kind === 'flow-retry');
      expect(failures.length + retries.length, `${point} was never hit`).toBeGreaterThan(0);
      armFailpoint(undefined);
    }
    await lab.stop();

    const again = await openLab({ engine: test.engine, folder, seed: 2 });
    await again.ingest.start();
    await again.ingest.drain();
    await expectExact(again, windows);
    await again.stop();
  });
});

async function expectExact(lab: Lab, windows: number): Promise<void> {
  const texts = expectedTexts(windows);
  expect(multiset(await archivedRecords(lab.archive))).toEqual(multiset(texts));
  const messages = texts.map((text) => (JSON.parse(text) as { message: string }).message);
  expect(multiset(await columnValues(test.engine, 'Acme_CL', 'Message'))).toEqual(multiset(messages));
  const ids = await columnValues(test.engine, 'Acme_CL', '_ItemId');
  expect(new Set(ids).size).toBe(ids.length);
  const listed = await lab.state.db.selectFrom('segments').select(['path', 'in_manifest']).execute();
  expect(listed.filter((segment) => segment.in_manifest === 0)).toEqual([]);
  const paths = listed.flatMap(({ path }) => [path, `${path}.sidecar.json`]);
  expect(await segmentObjects(lab.archive)).toEqual(paths.sort());
}
