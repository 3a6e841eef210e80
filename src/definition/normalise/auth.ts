import type { AuthConfig } from '../model.ts';
import { type JsonNode, member } from '../tree.ts';
import { compact, isOpen, type Reading, readFlag, readName, readText, reportUnknown } from './reader.ts';

type AuthReader = (node: JsonNode, reading: Reading) => AuthConfig | undefined;

const unsupportedTypes: ReadonlySet<string> = new Set([
  'oauth2',
  'jwttoken',
  'session',
  'aws',
  'gcp',
  'github',
  'oracle',
  'servicebus',
  'alicloudslsv1',
  'ciscoduo',
  'push',
  'serviceprincipal',
  'visaxpaytoken',
]);

function required(node: JsonNode, reading: Reading, name: string): string | undefined {
  const text = readText(node, reading, name);
  if (text === undefined || text === '') {
    reading.report.error('AUTH_FIELD_MISSING', `auth.${name} is missing`, node);
    return undefined;
  }
  return text;
}

function readBasic(node: JsonNode, reading: Reading): AuthConfig | undefined {
  reportUnknown(node, reading, { used: ['type', 'authType', 'userName', 'password'] });
  const userName = required(node, reading, 'userName');
  const password = required(node, reading, 'password');
  return userName === undefined || password === undefined ? undefined : { type: 'Basic', userName, password };
}

/** An absent apiKeyName and an empty one differ (CCF §3.2), so `''` is kept. */
function readApiKey(node: JsonNode, reading: Reading): AuthConfig | undefined {
  const used = ['type', 'authType', 'apiKey', 'apiKeyName', 'apiKeyIdentifier', 'isApiKeyInPostPayload'];
  reportUnknown(node, reading, { used });
  const apiKey = required(node, reading, 'apiKey');
  if (apiKey === undefined) return undefined;
  return compact<AuthConfig & { type: 'APIKey' }>({
    type: 'APIKey',
    apiKey,
    apiKeyName: readText(node, reading, 'apiKeyName')?.trim(),
    apiKeyIdentifier: readText(node, reading, 'apiKeyIdentifier')?.trim(),
    inPostPayload: readFlag(node, reading, false, 'isApiKeyInPostPayload'),
  });
}

const readers = {
  basic: readBasic,
  apikey: readApiKey,
  none: () => ({ type: 'None' }),
} satisfies Record<string, AuthReader>;

/** `properties.auth`; undefined after an error was reported. CCF §3.2. */
export function readAuth(properties: JsonNode, reading: Reading): AuthConfig | undefined {
  const node = member(properties, 'auth');
  if (!node) {
    reading.report.error('AUTH_MISSING', 'the poller has no auth section', properties);
    return undefined;
  }
  const typeNode = member(node, 'type', 'authType');
  if (isOpen(typeNode, reading)) return undefined;
  const type = readName(node, reading, 'type', 'authType') ?? '';
  const key = type.toLowerCase();
  if (Object.hasOwn(readers, key)) return readers[key as keyof typeof readers](node, reading);
  const place = typeNode ?? node;
  if (unsupportedTypes.has(key))
    reading.report.error('AUTH_TYPE_UNSUPPORTED', `auth type ${type} is not run by this version`, place);
  else reading.report.error('AUTH_TYPE_UNKNOWN', `auth type '${type}' does not exist`, place);
  return undefined;
}
