import { type DcrParts, readDcrs } from './dcr.ts';
import type { DataFlow, TableSchema } from './model.ts';
import type { PackageParts } from './package-parts.ts';
import type { Report } from './report.ts';
import { tableNameOf } from './tables.ts';
import { descend, type JsonNode, scalarText } from './tree.ts';

/** Without a data collection rule, records go unchanged to the table named by dataType (CCF §8 row 51). */
function identityFlows(pollers: readonly JsonNode[], tables: readonly TableSchema[]): DcrParts {
  const flows = new Map<string, { flow: DataFlow; stream: DcrParts['streams'][number] }>();
  for (const poller of pollers) {
    const name = scalarText(descend(poller, 'properties', 'dcrConfig', 'streamName'))?.trim();
    if (!name || flows.has(name)) continue;
    const table = tableNameOf(scalarText(descend(poller, 'properties', 'dataType')) ?? name).replace(
      /[^A-Za-z0-9_]+/g,
      '_',
    );
    const columns = tables.find((known) => known.name.toLowerCase() === table.toLowerCase())?.columns ?? [];
    const flow = { ordinal: flows.size, streams: [name], transformKql: 'source', table };
    flows.set(name, { flow, stream: { name, columns } });
  }
  const all = [...flows.values()];
  return { streams: all.map(({ stream }) => stream), dataFlows: all.map(({ flow }) => flow) };
}

/** Streams and data flows of the package, or those that pass records on unchanged. */
export function readRules(parts: PackageParts, tables: readonly TableSchema[], report: Report): DcrParts {
  if (parts.dcrs.length > 0) return readDcrs(parts.dcrs, report);
  if (parts.pollers.length > 0)
    report.warning(
      'DCR_MISSING',
      'the package has no data collection rule; records go to the table unchanged',
    );
  return identityFlows(parts.pollers, tables);
}

export function sameName(left: string): (right: string) => boolean {
  return (right) => left.toLowerCase() === right.toLowerCase();
}

/** A stream may flow without a declaration only where Azure knows it: `Microsoft-` and `SENTINEL_` streams (CCF §3.7). */
export function checkStreams(rules: DcrParts, pollers: readonly JsonNode[], report: Report): void {
  const declared = rules.streams.map((stream) => stream.name);
  for (const flow of rules.dataFlows)
    for (const stream of flow.streams)
      if (!declared.some(sameName(stream)) && !/^Microsoft-/i.test(stream))
        report.error('STREAM_UNDECLARED', `a data flow reads stream ${stream}, which is not declared`);
  for (const poller of pollers) {
    const node = descend(poller, 'properties', 'dcrConfig', 'streamName');
    const name = scalarText(node)?.trim();
    if (!name || /[{[]/.test(name)) continue;
    if (!declared.some(sameName(name)))
      report.error('STREAM_UNDECLARED', `stream ${name} is not declared`, node);
    else if (!rules.dataFlows.some((flow) => flow.streams.some(sameName(name))))
      report.error('STREAM_UNUSED', `no data flow reads stream ${name}`, node);
  }
}
