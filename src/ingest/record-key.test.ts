import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeCanonical } from './canonical-json.ts';
import { createRecordKeyReader } from './record-key.ts';

const bytes = (text: string) => Buffer.from(text, 'utf8');

function canonical(text: string): string {
  const input = bytes(text);
  const target = Buffer.alloc(input.length);
  return target.toString('utf8', 0, writeCanonical(input, 0, target, 0));
}

/** Reverses the members of every object, which must not matter. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([k, v]) => [k, shuffled(v)]),
  );
}

/** Every character beyond ASCII as an escape, which must not matter either. */
function escaped(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

describe('canonical JSON', () => {
  it('sorts members, keeps number text, normalises escapes', () => {
    expect(
      canonical('{"b":1.10,"a":[{"d":1e400,"c":123456789012345678901234}],"\\u0041":"\\/\\u00e9"}'),
    ).toBe('{"A":"/é","a":[{"c":123456789012345678901234,"d":1e400}],"b":1.10}');
  });

  it('keeps members of equal name in order and lone surrogates as they are', () => {
    expect(canonical('{"a":2,"a":1,"b":"\\ud800"}')).toBe('{"a":2,"a":1,"b":"\\ud800"}');
  });

  it('is the same for every order of members and every escape, and holds the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(canonical(JSON.stringify(shuffled(value)))).toBe(canonical(text));
        expect(canonical(escaped(text))).toBe(canonical(text));
        expect(JSON.parse(canonical(text))).toEqual(JSON.parse(text));
      }),
      { seed: 20261127, numRuns: 300 },
    );
  });
});

describe('record keys', () => {
  const whole = createRecordKeyReader(undefined);
  const byId = createRecordKeyReader({ paths: ['$.id', '$.at'], unique: true });

  it('digest the whole record when no path is given', () => {
    const key = whole(bytes('{"a":1,"b":2}'));
    expect(key).toEqual({ hex: expect.stringMatching(/^[0-9a-f]{32}$/), unique: false });
    expect(whole(bytes('{"b":2,"a":1}'))).toEqual(key);
    expect(whole(bytes('{"a":1.0,"b":2}'))).not.toEqual(key);
  });

  it('digest the values of the paths, apart from each other', () => {
    const key = byId(bytes('{"id":1,"at":23,"x":1}'));
    expect(key.unique).toBe(true);
    expect(byId(bytes('{"at":23,"id":1,"x":2}'))).toEqual(key);
    expect(byId(bytes('{"id":12,"at":3}'))).not.toEqual(key);
    expect(byId(bytes('{"id":"1","at":23}'))).not.toEqual(key);
  });

  it.each(['{"id":1}', '{"id":1,"at":null}', '{}'])(
    'of a record without a value fall back to the whole record: %s',
    (text) => {
      expect(byId(bytes(text))).toEqual(whole(bytes(text)));
    },
  );

  it('work for records larger than the scratch memory', () => {
    const big = `{"id":1,"at":2,"text":"${'x'.repeat(300_000)}"}`;
    expect(whole(bytes(big))).not.toEqual(whole(bytes(big.replace('xx', 'xy'))));
    expect(byId(bytes(big))).toEqual(byId(bytes('{"id":1,"at":2}')));
  });
});
