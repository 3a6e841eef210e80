import { toText } from '../clickhouse/convert.ts';
import { arrayRaw, openedText } from '../clickhouse/dynamic.ts';
import { computed, type Value } from '../plan/value.ts';
import { ex } from './build.ts';
import type { FunctionFamily, ScalarFunction } from './types.ts';

const address = (s: string) => `splitByChar('/',${s})[1]`;
const prefix = (s: string) => `if(position(${s},'/')>0,toUInt8OrNull(splitByChar('/',${s})[2]),toUInt8(32))`;
const number = (s: string) => `toUInt32(toIPv4OrNull(${address(s)}))`;

/** First addresses of the networks that two texts name, with one prefix. */
function masked(s: string, bits: string): string {
  return `bitAnd(${number(s)},if(${bits}=0,toUInt32(0),bitShiftLeft(toUInt32(4294967295),32-${bits})))`;
}

function inRange(ip: string, range: string): string {
  const bits = `least(${prefix(ip)},${prefix(range)})`;
  return `if(isNull(${bits}) OR ${bits} > 32,NULL,${masked(ip, bits)} = ${masked(range, bits)})`;
}

function isPrivate(s: string): string {
  const ranges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];
  const n = `toString(toIPv4OrNull(${address(s)}))`;
  return `if(isNull(toIPv4OrNull(${address(s)})),NULL,${ranges.map((r) => `isIPAddressInRange(ifNull(${n},'0.0.0.0'),'${r}')`).join(' OR ')})`;
}

const inAny: ScalarFunction = {
  summary: 'True when an IPv4 address is in one of several ranges.',
  parameters: ['string', 'any'],
  rest: 'string',
  nulls: 'always',
  sql: (args) => {
    const [ip, ...ranges] = args as [Value, ...Value[]];
    const tests = ranges.map((range) =>
      range.type === 'dynamic'
        ? `arrayExists(r->ifNull(${inRange(ip.sql, openedText('r'))},0),${arrayRaw(range)})`
        : `ifNull(${inRange(ip.sql, toText(range).sql)},0)`,
    );
    return computed(`if(isNull(${number(ip.sql)}),NULL,${tests.join(' OR ')})`, 'bool', true);
  },
  examples: [
    ex('ipv4_is_in_any_range("192.168.1.6", "10.0.0.0/8", "192.168.1.0/24")', true),
    ex('ipv4_is_in_any_range("1.2.3.4", dynamic(["10.0.0.0/8"]))', false),
  ],
};

function comparison(args: readonly Value[]): string {
  const [a, b, p] = args;
  const [x, y] = [a?.sql ?? "''", b?.sql ?? "''"];
  const bits = `least(${prefix(x)},${prefix(y)},${p ? `toUInt8(${p.sql})` : '32'})`;
  return `if(isNull(${bits}) OR isNull(${number(x)}) OR isNull(${number(y)}),NULL,toInt64(sign(toInt64(${masked(x, bits)})-toInt64(${masked(y, bits)}))))`;
}

export const network = {
  ipv4_is_private: {
    summary: 'True for an address of a private network; null when it is no IPv4 address.',
    parameters: ['string'],
    nulls: 'always',
    sql: ([s]) => isPrivate(s?.sql ?? "''"),
    examples: [
      ex('ipv4_is_private("192.168.1.1")', true),
      ex('ipv4_is_private("208.1.2.3")', false),
      ex('ipv4_is_private("x")', null),
    ],
  },
  ipv4_is_in_range: {
    summary: 'True when an IPv4 address is in a range in CIDR form.',
    parameters: ['string', 'string'],
    nulls: 'always',
    sql: ([ip, range]) => inRange(ip?.sql ?? "''", range?.sql ?? "''"),
    examples: [
      ex('ipv4_is_in_range("192.168.1.6", "192.168.1.0/24")', true),
      ex('ipv4_is_in_range("127.0.0.1", "192.168.1.1")', false),
    ],
  },
  ipv4_is_in_any_range: inAny,
  ipv4_is_match: {
    summary: 'True when two IPv4 addresses agree up to the shortest prefix.',
    parameters: ['string', 'string', 'long'],
    optional: 1,
    nulls: 'always',
    sql: (args) => `(${comparison(args)} = 0)`,
    examples: [ex('ipv4_is_match("192.168.1.1/24", "192.168.1.255")', true)],
  },
  ipv4_compare: {
    summary: '-1, 0 or 1 by the order of two IPv4 addresses up to the shortest prefix.',
    parameters: ['string', 'string', 'long'],
    optional: 1,
    nulls: 'always',
    sql: comparison,
    examples: [ex('ipv4_compare("127.0.0.1", "127.0.0.2")', -1)],
  },
  parse_ipv4: {
    summary: 'Number of an IPv4 address, masked by its prefix.',
    parameters: ['string'],
    nulls: 'always',
    sql: ([s]) =>
      `if(isNull(${prefix(s?.sql ?? '')}),NULL,toInt64(${masked(s?.sql ?? '', prefix(s?.sql ?? ''))}))`,
    examples: [ex('parse_ipv4("127.0.0.1")', 2130706433)],
  },
  format_ipv4: {
    summary: 'Text of an IPv4 number.',
    parameters: ['any'],
    nulls: 'never',
    sql: ([n]) =>
      n?.type === 'string'
        ? `ifNull(toString(toIPv4OrNull(${n.sql})),'')`
        : `ifNull(IPv4NumToString(toUInt32(${n?.sql})),'')`,
    examples: [ex('format_ipv4(3232236031)', '192.168.1.255')],
  },
} satisfies FunctionFamily;
