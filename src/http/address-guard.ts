/**
 * Which addresses may be called. Link-local and cloud metadata addresses never (a definition must not reach the
 * machine's own credentials); loopback and private ones unless forbidden, because a self-hosted service lives there.
 */
import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

const forbidden = new BlockList();
forbidden.addSubnet('169.254.0.0', 16, 'ipv4');
forbidden.addAddress('100.100.100.200', 'ipv4');
forbidden.addAddress('168.63.129.16', 'ipv4');
forbidden.addAddress('192.0.0.192', 'ipv4');
forbidden.addSubnet('fe80::', 10, 'ipv6');
forbidden.addAddress('fd00:ec2::254', 'ipv6');

const inner = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  inner.addSubnet(net, bits, 'ipv4');
}
inner.addSubnet('fc00::', 7, 'ipv6');
inner.addSubnet('::', 127, 'ipv6');

/** The IPv4 address inside a mapped (`::ffff:`) or NAT64 (`64:ff9b::`) one, as the URL parser normalises them. */
function embeddedIpv4(address: string): string | undefined {
  const normal = new URL(`http://[${address.replace(/%.*$/, '')}]/`).hostname.slice(1, -1);
  const match = /^(?:::ffff:|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(normal);
  if (!match) return undefined;
  const [high, low] = [Number.parseInt(match[1]!, 16), Number.parseInt(match[2]!, 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** @param address IPv4 or IPv6 literal; anything else is not an address and is judged after look-up */
export function isAddressAllowed(address: string, allowPrivate: boolean): boolean {
  const family = isIP(address);
  if (family === 0) return true;
  const plain = family === 6 ? embeddedIpv4(address) : undefined;
  if (plain !== undefined) return isAddressAllowed(plain, allowPrivate);
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  const bare = address.replace(/%.*$/, '');
  return !forbidden.check(bare, kind) && (allowPrivate || !inner.check(bare, kind));
}

export function addressRefused(host: string): Error {
  return Object.assign(new Error(`${host} is, or resolves to, an address that must not be called`), {
    code: 'HTTP_ADDRESS_REFUSED',
  });
}

/** A DNS look-up that refuses a name as soon as one of its addresses is forbidden, so that nothing can be rebound. */
export function guardedLookup(allowPrivate: boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0);
      if (addresses.some(({ address }) => !isAddressAllowed(address, allowPrivate)))
        return callback(addressRefused(hostname), '', 0);
      const first = addresses[0];
      if (options.all) return callback(null, addresses);
      callback(null, first?.address ?? '', first?.family ?? 0);
    });
  };
}
