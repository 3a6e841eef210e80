import { type JsonNode, member } from '../tree.ts';
import { isOpen, type Reading, readName } from './reader.ts';

/** `https://` + a value that already has a scheme → the value's own; a doubled slash in the path → one, but for an address inside the path. */
function repair(address: string): string {
  const [, inner] = /^https?:\/\/(https?:\/\/.*)$/i.exec(address) ?? [];
  const single = inner ?? address;
  const [, scheme = '', path = '', query = ''] = /^([a-z]+:\/\/)([^?#]*)(.*)$/i.exec(single) ?? [];
  return scheme === '' ? single : `${scheme}${path.replace(/(?<!:)\/{2,}/g, '/')}${query}`;
}

function isHttpAddress(text: string): boolean {
  if (/\s/.test(text) || !URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return (protocol === 'https:' || protocol === 'http:') && hostname !== '';
}

/** `request.apiEndpoint` as an absolute address. Messages never show the address: it may hold a secret. */
export function readEndpoint(request: JsonNode, reading: Reading): string | undefined {
  const node = member(request, 'apiEndpoint');
  const written = readName(request, reading, 'apiEndpoint');
  if (!node || written === undefined) {
    reading.report.error('ENDPOINT_MISSING', 'request.apiEndpoint is missing', node ?? request);
    return undefined;
  }
  if (isOpen(node, reading)) return written;
  const address = repair(written);
  if (!isHttpAddress(address)) {
    reading.report.error(
      'ENDPOINT_INVALID',
      'request.apiEndpoint is not an absolute http or https address',
      node,
    );
    return undefined;
  }
  if (address !== written)
    reading.report.warning('ENDPOINT_REPAIRED', 'request.apiEndpoint had a doubled scheme or slash', node);
  return address;
}
