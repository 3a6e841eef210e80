import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { compress, decompress } from './zstd.ts';

let seed = 7;
const random = () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
};
const lines = (size: number) =>
  Buffer.from(Array.from({ length: size }, (_, i) => (i % 40 === 39 ? 10 : 97 + Math.floor(random() * 5))));
const noise = (size: number) => Buffer.from(Array.from({ length: size }, () => Math.floor(random() * 256)));
const sizes = [0, 1, 10, 99, 100, 101, 255, 256, 65_536, 131_072, 262_144, 300_001];
const hasTool = spawnSync('zstd', ['--version']).status === 0;
if (!hasTool)
  console.log('the zstd program is not installed: frames are compared by our own reader and the engine only');

describe('zstd frames', () => {
  it.each(sizes)('of %i bytes come back exactly', async (size) => {
    for (const bytes of [lines(size), noise(size)]) {
      const frame = await compress(bytes);
      expect(Buffer.compare(await decompress(frame), bytes)).toBe(0);
      if (hasTool) expect(Buffer.compare(execFileSync('zstd', ['-dc'], { input: frame }), bytes)).toBe(0);
    }
  });

  it('get smaller', async () => {
    expect((await compress(Buffer.alloc(100_000, 'abc'))).length).toBeLessThan(1000);
  });

  it('of others open too, when they state their size', async () => {
    if (!hasTool) return console.log('left out: the zstd program is not installed');
    const bytes = lines(5000);
    expect(
      Buffer.compare(
        await decompress(execFileSync('zstd', ['-c', '--stream-size=5000'], { input: bytes })),
        bytes,
      ),
    ).toBe(0);
  });

  it('that are damaged are refused', async () => {
    const frame = await compress(lines(5000));
    await expect(decompress(frame.subarray(0, frame.length - 3))).rejects.toMatchObject({
      code: 'ARCHIVE_COMPRESS',
    });
  });

  it('many at once keep apart', async () => {
    const inputs = Array.from({ length: 20 }, (_, i) => lines(200 + i * 37));
    const frames = await Promise.all(inputs.map((bytes) => compress(bytes)));
    const back = await Promise.all(frames.map((frame) => decompress(frame)));
    expect(back.map((bytes, i) => Buffer.compare(bytes, inputs[i]!))).toEqual(inputs.map(() => 0));
  });
});
