import type { ApiCall, Reply } from '../http.ts';
import { textReply } from '../http.ts';
import type { NewRecord } from '../ledger.ts';
import type { Service } from '../service.ts';
import { admit, confluenceError, writeScopes } from './common.ts';

type Fields = Readonly<Record<string, unknown>>;

const nobody = {
  type: 'user',
  displayName: null,
  operations: null,
  username: null,
  userKey: null,
  accountId: null,
  accountType: null,
  publicName: null,
  externalCollaborator: null,
  isExternalCollaborator: null,
  isGuest: null,
};

function parse(body: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Fields)
      : undefined;
  } catch {
    return undefined;
  }
}

/** `POST /wiki/rest/api/audit`: writes a record; `remoteAddress` is required, the author defaults to nobody. */
export function confluenceCreate(call: ApiCall, service: Service): Reply {
  const entry = admit(call, service, writeScopes);
  if ('refusal' in entry) return entry.refusal;
  const given = parse(call.request.body);
  if (!given) return confluenceError(400, 'The body must be a JSON object');
  if (typeof given['remoteAddress'] !== 'string') return confluenceError(400, 'remoteAddress is required');
  const creationDate = given['creationDate'] ?? call.request.now;
  if (!Number.isSafeInteger(creationDate))
    return confluenceError(400, 'creationDate must be epoch milliseconds');
  const record = {
    author: given['author'] ?? nobody,
    remoteAddress: given['remoteAddress'],
    creationDate,
    summary: given['summary'] ?? '',
    description: given['description'] ?? '',
    category: given['category'] ?? '',
    sysAdmin: given['sysAdmin'] ?? false,
    superAdmin: false,
    affectedObject: given['affectedObject'] ?? { name: '', objectType: '' },
    changedValues: given['changedValues'] ?? [],
    associatedObjects: given['associatedObjects'] ?? [],
  };
  const json = JSON.stringify(record);
  service.stores.confluence.append({ json, time: Number(creationDate), publishedAt: call.request.now });
  const reply = textReply(200, json, 'application/json');
  return { ...reply, headers: { ...reply.headers, ...entry.verdict.headers } };
}

/** A given record, for tests: `creationDate` must be there. */
export function givenConfluence(record: Fields, now: number): NewRecord {
  const time = record['creationDate'];
  if (!Number.isSafeInteger(time))
    throw new TypeError('A Confluence record needs a creationDate in milliseconds.');
  return { json: JSON.stringify(record), time: Number(time), publishedAt: now };
}
