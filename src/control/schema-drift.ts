import type { Kysely } from 'kysely';
import type { ArchiveStore } from '../archive/api.ts';
import { sidecarPath } from '../archive/segment.ts';
import { decodeSidecar } from '../archive/sidecar.ts';
import { decompress } from '../archive/zstd.ts';
import type { Definition } from '../definition/model.ts';
import type { Database, SegmentRow } from '../state/schema.ts';
import type { DefinitionCatalogue } from './definitions.ts';
import { isoTime } from './time-text.ts';

/** What is read at most, per stream: the newest segments, and records of them. */
const segmentsRead = 5;
const recordsRead = 2_000;

interface FieldFacts {
  seen: number;
  types: Set<string>;
}

/** Top-level fields of records with how often they have a value (null is none). Lines that are no object are left out. */
export function fieldsOf(lines: readonly string[]): { records: number; fields: Map<string, FieldFacts> } {
  const fields = new Map<string, FieldFacts>();
  let records = 0;
  for (const line of lines) {
    const record = parseObject(line);
    if (!record) continue;
    records += 1;
    for (const [name, value] of Object.entries(record)) {
      if (value === null) continue;
      const facts = fields.get(name) ?? { seen: 0, types: new Set<string>() };
      facts.seen += 1;
      facts.types.add(Array.isArray(value) ? 'array' : typeof value);
      fields.set(name, facts);
    }
  }
  return { records, fields };
}

/** The archive keeps whatever came; a line that is no JSON object says nothing about fields. */
function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Names match in any case, as they do on the way into the stream (spec CCF §7.1). */
export function compareFields(
  columns: readonly { readonly name: string; readonly type: string }[],
  fields: ReadonlyMap<string, { readonly seen: number; readonly types: ReadonlySet<string> }>,
) {
  const declared = new Set(columns.map((c) => c.name.toLowerCase()));
  const seen = new Set([...fields.keys()].map((name) => name.toLowerCase()));
  return {
    undeclared: [...fields]
      .filter(([name]) => !declared.has(name.toLowerCase()))
      .map(([field, facts]) => ({ field, seen: facts.seen, types: [...facts.types].sort() }))
      .sort((a, b) => b.seen - a.seen || (a.field < b.field ? -1 : 1)),
    alwaysNull: columns
      .filter((c) => !seen.has(c.name.toLowerCase()))
      .map((c) => ({ column: c.name, type: c.type })),
  };
}

/** Compares what a definition's streams declare with a sample of the newest archived records. */
export function createSchemaDrift(options: {
  readonly db: Kysely<Database>;
  readonly archive: ArchiveStore;
  readonly catalogue: DefinitionCatalogue;
}) {
  async function newestSegments(definitionId: string, stream: string): Promise<SegmentRow[]> {
    return options.db
      .selectFrom('segments')
      .selectAll()
      .where('definition_id', '=', definitionId)
      .where('stream', '=', stream)
      .where('state', '=', 'committed')
      .orderBy('created_at', 'desc')
      .limit(segmentsRead)
      .execute();
  }

  async function sample(segments: readonly SegmentRow[]): Promise<string[]> {
    const lines: string[] = [];
    for (const segment of segments) {
      const text = Buffer.from(await decompress(await options.archive.get(segment.path))).toString('utf8');
      const records = text.split('\n').filter((line) => line !== '');
      lines.push(...records.slice(0, recordsRead - lines.length));
      if (lines.length >= recordsRead) break;
    }
    return lines;
  }

  /** What the connection adds to every record (addOnAttributes) is in no record. */
  async function addedNames(newest: SegmentRow | undefined): Promise<Set<string>> {
    if (!newest) return new Set();
    const path = sidecarPath(newest.path);
    const { addOnAttributes } = decodeSidecar(await options.archive.get(path), path);
    return new Set(Object.keys(addOnAttributes).map((name) => name.toLowerCase()));
  }

  async function streamDrift(definition: Definition, stream: Definition['streams'][number]) {
    const segments = await newestSegments(definition.id, stream.name);
    const { records, fields } = fieldsOf(await sample(segments));
    const added = await addedNames(segments[0]);
    const { undeclared, alwaysNull } = compareFields(stream.columns, fields);
    return {
      stream: stream.name,
      records,
      segments: segments.length,
      newest: segments[0] ? isoTime(segments[0].created_at) : null,
      undeclared,
      // Nothing can be said of columns without a single record.
      alwaysNull: records === 0 ? [] : alwaysNull.filter((c) => !added.has(c.column.toLowerCase())),
    };
  }

  return async function drift(definitionId: string) {
    const definition = await options.catalogue.get(definitionId);
    const streams = [];
    for (const stream of definition.streams) streams.push(await streamDrift(definition, stream));
    return { id: definition.id, streams };
  };
}
