/**
 * Rebuilds tables from the archive alone: manifests say which segments count, sidecars what their records are, transform
 * objects how they become rows. Rows that are there stay; only missing ones are inserted, so it may run at any time and twice.
 */
import type { ArchiveStore } from '../archive/api.ts';
import { readManifests } from '../archive/manifest.ts';
import { decodeSidecar, type Sidecar } from '../archive/sidecar.ts';
import { toSluiceError } from '../core/errors.ts';
import type { Engine } from '../engine/api.ts';
import type { State } from '../state/state.ts';
import type { ReindexReport } from './api.ts';
import { rejectsFlow } from './batch-commit.ts';
import { compare, countRejects } from './deliver.ts';
import { type FlowStatement, insertSql } from './insert-sql.ts';
import { type SegmentSource, segmentSettings } from './source-sql.ts';
import type { TableMaker } from './table-maker.ts';
import type { TransformStore } from './transform-store.ts';

export interface ReindexContext {
  readonly state: State;
  readonly archive: ArchiveStore;
  readonly engine: Engine;
  readonly source: SegmentSource;
  readonly transforms: TransformStore;
  readonly tables: TableMaker;
  readonly workspaceId: string;
  readonly makeId: () => string;
}

type Problem = ReindexReport['problems'][number];

/** A segment that fails is in `problems`; the others go on. Flows still in the outbox are left to it. */
export async function reindex(context: ReindexContext): Promise<ReindexReport> {
  const total = { segments: 0, flows: 0, rows: 0, rejected: 0 };
  const problems: Problem[] = [];
  // A token of its own for each pass: one that the engine remembers from dropped rows would swallow the insert.
  const pass = context.makeId();
  for await (const entry of readManifests(context.archive)) {
    total.segments += 1;
    const segmentId = entry.segmentId;
    try {
      const sidecar = decodeSidecar(await context.archive.get(entry.sidecar), entry.sidecar);
      for (const flow of [...sidecar.transforms.map((t) => t.flow), rejectsFlow]) {
        if (await isOpen(context.state, { segmentId, flow })) continue;
        try {
          const rows = await reindexFlow(context, { sidecar, paths: entry, flow, pass });
          total.flows += 1;
          if (flow === rejectsFlow) total.rejected += rows;
          else total.rows += rows;
        } catch (error) {
          problems.push(problem(error, { segmentId, flow }));
        }
      }
    } catch (error) {
      problems.push(problem(error, { segmentId, flow: rejectsFlow }));
    }
  }
  return { ...total, problems };
}

function problem(error: unknown, at: { readonly segmentId: string; readonly flow: number }): Problem {
  const { code, message } = toSluiceError(error, { code: 'INGEST_INSERT' });
  return { ...at, code, message };
}

async function isOpen(
  state: State,
  at: { readonly segmentId: string; readonly flow: number },
): Promise<boolean> {
  const row = await state.db
    .selectFrom('outbox')
    .select('state')
    .where('segment_id', '=', at.segmentId)
    .where('flow', '=', at.flow)
    .executeTakeFirst();
  return row !== undefined && row.state !== 'delivered';
}

async function reindexFlow(
  context: ReindexContext,
  input: {
    readonly sidecar: Sidecar;
    readonly paths: { readonly path: string; readonly sidecar: string };
    readonly flow: number;
    readonly pass: string;
  },
): Promise<number> {
  const statement = await statementFor(context, input);
  if (input.flow === rejectsFlow && (await countRejects(context, statement)) === 0) return 0;
  await context.tables.ensure(statement.transform);
  const token = `${input.sidecar.segmentId}/${input.flow}#${input.pass}`;
  await context.engine.command(insertSql(statement, { onlyMissing: true }), {
    queryId: token.replace('/', ':'),
    settings: { ...segmentSettings, insert_deduplication_token: token, max_partitions_per_insert_block: 0 },
  });
  return (await compare(context, statement)).rows;
}

async function statementFor(
  context: ReindexContext,
  input: {
    readonly sidecar: Sidecar;
    readonly paths: { readonly path: string; readonly sidecar: string };
    readonly flow: number;
  },
): Promise<FlowStatement> {
  const { sidecar, paths, flow } = input;
  const { segmentId, sourceIdentity, connectionId, stream, addOnAttributes, transforms } = sidecar;
  const used = transforms.find((transform) => transform.flow === flow);
  return {
    source: context.source,
    segment: {
      path: paths.path,
      sidecar: paths.sidecar,
      segmentId,
      sourceIdentity,
      connectionId,
      stream,
      addOnAttributes,
    },
    workspaceId: context.workspaceId,
    flow,
    transform: used && (await context.transforms.load(used.transformId)),
  };
}
