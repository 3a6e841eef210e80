import { readColumns } from './columns.ts';
import type { DataFlow, StreamDeclaration } from './model.ts';
import type { Report } from './report.ts';
import { tableNameOf } from './tables.ts';
import { entries, items, type JsonNode, member, scalarText } from './tree.ts';

export interface DcrParts {
  readonly streams: readonly StreamDeclaration[];
  readonly dataFlows: readonly DataFlow[];
}

/** A published transform may separate its lines by lone carriage returns. */
function normaliseKql(text: string | undefined): string {
  const kql = text?.replace(/\r\n?/g, '\n').trim();
  return kql ? kql : 'source';
}

function readStreams(rules: readonly JsonNode[], report: Report): StreamDeclaration[] {
  const streams: StreamDeclaration[] = [];
  for (const rule of rules) {
    for (const [key, node] of entries(member(member(rule, 'properties'), 'streamDeclarations'))) {
      const name = key.trim();
      if (streams.some((stream) => stream.name.toLowerCase() === name.toLowerCase()))
        report.warning('STREAM_DUPLICATE', `stream ${name} is declared twice`, node);
      else streams.push({ name, columns: readColumns(member(node, 'columns'), report) });
    }
  }
  return streams;
}

function readFlow(node: JsonNode, ordinal: number, report: Report): DataFlow | undefined {
  const streams = items(member(node, 'streams'))
    .map(scalarText)
    .filter((name) => name !== undefined);
  const [firstStream] = streams;
  if (firstStream === undefined) {
    report.error('FLOW_INVALID', 'a data flow names no stream', node);
    return undefined;
  }
  const transformKql = normaliseKql(scalarText(member(node, 'transformKql')));
  if (streams.length > 1 && transformKql !== 'source')
    report.warning('FLOW_INVALID', 'a data flow with a transform should read one stream only', node);
  const output = scalarText(member(node, 'outputStream')) ?? firstStream;
  return { ordinal, streams: streams.map((name) => name.trim()), transformKql, table: tableNameOf(output) };
}

/** Streams and flows of all data collection rules; flows are numbered through. CCF §7.1. */
export function readDcrs(rules: readonly JsonNode[], report: Report): DcrParts {
  const dataFlows: DataFlow[] = [];
  for (const rule of rules) {
    const flows = items(member(member(rule, 'properties'), 'dataFlows'));
    if (flows.length === 0) report.error('FLOW_INVALID', 'the data collection rule has no data flow', rule);
    for (const node of flows) {
      const flow = readFlow(node, dataFlows.length, report);
      if (flow) dataFlows.push(flow);
    }
  }
  return { streams: readStreams(rules, report), dataFlows };
}
