import { crc32, deflateRawSync } from 'node:zlib';
import type { ApiCall, Reply } from '../http.ts';
import type { Service } from '../service.ts';
import { admit, confluenceError, readScopes } from './common.ts';
import { windowOf } from './list.ts';
import { selectRecords } from './select.ts';

interface Row {
  readonly author: { readonly displayName?: string | null; readonly accountId?: string | null };
  readonly remoteAddress: string;
  readonly creationDate: number;
  readonly summary: string;
  readonly description: string;
  readonly category: string;
  readonly affectedObject: { readonly name: string; readonly objectType: string };
  readonly changedValues: unknown;
  readonly associatedObjects: unknown;
}

const header =
  'Date,Author,Account ID,IP address,Category,Summary,Description,Object type,Object,Changed values,Associated objects';
const quoted = (value: unknown) => `"${String(value ?? '').replaceAll('"', '""')}"`;

function csvLine(json: string): string {
  const row = JSON.parse(json) as Row;
  return [
    new Date(row.creationDate).toISOString(),
    row.author.displayName,
    row.author.accountId,
    row.remoteAddress,
    row.category,
    row.summary,
    row.description,
    row.affectedObject.objectType,
    row.affectedObject.name,
    JSON.stringify(row.changedValues),
    JSON.stringify(row.associatedObjects),
  ]
    .map(quoted)
    .join(',');
}

/** A zip archive with one deflated file (APPNOTE 4.3). */
function zipOne(name: string, content: Buffer): Buffer {
  const file = Buffer.from(name);
  const packed = deflateRawSync(content);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(8, 4);
  common.writeUInt32LE(0x00210000, 6);
  common.writeUInt32LE(crc32(content), 10);
  common.writeUInt32LE(packed.length, 14);
  common.writeUInt32LE(content.length, 18);
  common.writeUInt16LE(file.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, file, packed]);
  const central = Buffer.concat([
    Buffer.from('PK\x01\x02\x14\x00', 'latin1'),
    common,
    Buffer.alloc(14),
    file,
  ]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, central, Buffer.from('PK\x05\x06', 'latin1'), end]);
}

/** `GET /wiki/rest/api/audit/export`: the window as CSV, or the CSV in a zip archive. */
export function confluenceExport(call: ApiCall, service: Service): Reply {
  const entry = admit(call, service, readScopes);
  if ('refusal' in entry) return entry.refusal;
  const window = windowOf(call, service);
  if (!window) return confluenceError(400, 'startDate and endDate must be epoch milliseconds');
  const format = call.request.query.get('format') || 'csv';
  if (format !== 'csv' && format !== 'zip') return confluenceError(400, 'format must be csv or zip');
  const lines = [header];
  for (const json of selectRecords(service, window, call.request.now)) lines.push(csvLine(json));
  const csv = Buffer.from(`${lines.join('\r\n')}\r\n`);
  const type = format === 'csv' ? 'text/csv' : 'application/zip';
  const headers = {
    'content-type': type,
    'content-disposition': `attachment; filename="audit.${format}"`,
    ...entry.verdict.headers,
  };
  return {
    status: 200,
    headers,
    body: format === 'csv' ? csv : zipOne('audit.csv', csv),
    rows: lines.length - 1,
  };
}
