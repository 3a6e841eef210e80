import { checkJsonPath } from '../json-paths.ts';
import type { PollerConfig, RecordKeyConfig } from '../model.ts';
import { items, type JsonNode, member, scalarText } from '../tree.ts';
import { compact, type Reading, readFlag, readJsonPath, readNumber, reportUnknown } from './reader.ts';

type Extension = Pick<PollerConfig, 'recordKey' | 'eventTimePath' | 'delayMinutes' | 'overlapMinutes'>;

function readRecordKey(node: JsonNode | undefined, reading: Reading): RecordKeyConfig | undefined {
  if (!node) return undefined;
  reportUnknown(node, reading, { used: ['paths', 'unique'] });
  const written = items(member(node, 'paths'));
  const paths = written.flatMap((item) => {
    const path = scalarText(item);
    return path !== undefined && checkJsonPath(path, item, reading.report) ? [path] : [];
  });
  if (paths.length === 0 || paths.length !== written.length) {
    reading.report.error('EXTENSION_INVALID', 'recordKey.paths must be a list of JSON paths', node);
    return undefined;
  }
  return { paths, unique: readFlag(node, reading, false, 'unique') };
}

/** `properties.sluice`: our own settings, absent in published packages. */
export function readExtension(properties: JsonNode, reading: Reading): Extension {
  const node = member(properties, 'sluice');
  if (!node) return {};
  reportUnknown(node, reading, { used: ['recordKey', 'eventTimePath', 'delayInMin', 'overlapInMin'] });
  return compact<Extension>({
    recordKey: readRecordKey(member(node, 'recordKey'), reading),
    eventTimePath: readJsonPath(node, reading, 'eventTimePath'),
    delayMinutes: readNumber(node, reading, { min: 0 }, 'delayInMin'),
    overlapMinutes: readNumber(node, reading, { min: 0 }, 'overlapInMin'),
  });
}
