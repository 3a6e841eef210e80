import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArchiveStore } from '../../archive/api.ts';
import { createLocalArchive } from '../../archive/local/store.ts';
import { readManifests } from '../../archive/manifest.ts';
import { decompress } from '../../archive/zstd.ts';
import type { Engine } from '../../engine/api.ts';
import { quoteIdentifier, quoteTable } from '../../engine/sql-text.ts';
import type { KqlCompiler } from '../../kql/api.ts';
import { openState, type State } from '../../state/state.ts';
import type { Ingest, IngestEvent, IngestOptions } from '../api.ts';
import { createIngest } from '../ingest.ts';
import { createFakeKql } from './fake-kql.ts';
import { acmeKql, acmeTransform, seededRandom, shiftedClock } from './fixtures.ts';

export const workspaceId = '7b9d1c52-0d3e-4b7a-9a44-6a1f0c9f2f10';

/** Ingest over real state, archive and engine, in a folder that outlives a restart. */
export interface Lab {
  readonly folder: string;
  readonly state: State;
  readonly archive: ArchiveStore;
  readonly ingest: Ingest;
  readonly events: IngestEvent[];
  /** Closes ingest and state, as a clean stop does; the folder and the engine stay. */
  stop(): Promise<void>;
}

export interface LabOptions extends Partial<Pick<IngestOptions, 'limits' | 'readBack' | 'archive'>> {
  readonly engine: Engine;
  readonly folder: string;
  readonly kql?: KqlCompiler;
  readonly seed?: number;
}

export async function openLab(options: LabOptions): Promise<Lab> {
  const { folder, engine } = options;
  await mkdir(folder, { recursive: true });
  const clock = shiftedClock();
  const state = await openState({ file: join(folder, 'state.db'), clock });
  const archive = options.archive ?? createLocalArchive(join(folder, 'archive'));
  const events: IngestEvent[] = [];
  const ingest = createIngest({
    state,
    archive,
    engine,
    kql: options.kql ?? createFakeKql({ [acmeKql]: acmeTransform }),
    clock,
    random: seededRandom(options.seed ?? 1),
    workspaceId,
    onEvent: (event) => events.push(event),
    limits: { retryBaseMs: 20, retryMaxMs: 100, attempts: 3, ...options.limits },
    ...(options.readBack === undefined ? {} : { readBack: options.readBack }),
  });
  const stop = async () => {
    await ingest.close();
    await state.close();
  };
  return { folder, state, archive, ingest, events, stop };
}

export async function labFolder(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-ingest-'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

export type Multiset = Record<string, number>;

export function multiset(items: Iterable<string>): Multiset {
  const counts: Multiset = {};
  for (const item of [...items].sort()) counts[item] = (counts[item] ?? 0) + 1;
  return counts;
}

/** Raw text of every record in committed segments. */
export async function archivedRecords(archive: ArchiveStore): Promise<string[]> {
  const lines: string[] = [];
  for await (const entry of readManifests(archive)) {
    const text = Buffer.from(await decompress(await archive.get(entry.path))).toString('utf8');
    lines.push(...text.split('\n').filter((line) => line !== ''));
  }
  return lines;
}

/** Segment objects in the archive, committed or not. */
export async function segmentObjects(archive: ArchiveStore): Promise<string[]> {
  const paths: string[] = [];
  for await (const path of archive.list('records/')) paths.push(path);
  return paths;
}

/** Values of one column, every row. */
export async function columnValues(engine: Engine, table: string, column: string): Promise<string[]> {
  const { rows } = await engine.query(
    `SELECT toString(${quoteIdentifier(column)}) FROM ${quoteTable(table)}`,
  );
  return rows.map((row) => String(row[0]));
}

/** Every row with every column, as text, sorted. */
export async function allRows(engine: Engine, table: string): Promise<string[]> {
  const { rows, columns } = await engine.query(`SELECT * FROM ${quoteTable(table)} ORDER BY _ItemId`);
  return rows.map((row) =>
    JSON.stringify(Object.fromEntries(columns.map((column, i) => [column.name, row[i]]))),
  );
}
