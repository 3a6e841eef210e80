import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createLocalArchive } from './local/store.ts';
import { appendManifest, type ManifestEntry, readManifests } from './manifest.ts';
import { segmentPath, sidecarPath } from './segment.ts';
import { decodeSidecar, encodeSidecar, type Sidecar } from './sidecar.ts';

const at = Date.UTC(2026, 10, 27, 17, 42, 19);

describe('segment paths', () => {
  const parts = {
    prefix: 'records',
    connection: 'c1',
    receivedAtMs: at,
    firstAtMs: at - 3_600_000,
    id: 'id-1',
  };
  it('go by receive time and begin with the first event', () => {
    const path = segmentPath(parts);
    expect(path).toBe('records/c1/dt=2026-11-27/hr=17/20261127T164219Z-id-1.ndjson.zst');
    expect(sidecarPath(path)).toBe(`${path}.sidecar.json`);
  });
  it('stay below the prefix whatever the connection is called', () => {
    expect(segmentPath({ ...parts, connection: '../a b' })).toContain('records/__a_b/dt=');
    expect(segmentPath({ ...parts, firstAtMs: Number.NaN })).toContain('/00000000T000000Z-id-1');
  });
});

const sidecar: Sidecar = {
  version: 1,
  segmentId: 's1',
  definition: { id: 'Acme', hash: 'h' },
  connectionId: 'c1',
  poller: 'p',
  runId: 'r',
  sourceIdentity: 'i',
  stream: 'Custom-Acme',
  addOnAttributes: {},
  transforms: [],
  pages: [{ receivedAtMs: at, records: 2 }],
  records: 2,
  keys: ['a'.repeat(32), 'b'.repeat(32)],
  occurrences: [1, 2],
  firstEventMs: null,
  lastEventMs: null,
  sha256: { object: 'x', ndjson: 'y' },
};

describe('sidecars', () => {
  it('come back as written', () => {
    expect(decodeSidecar(encodeSidecar(sidecar), 'p')).toEqual(sidecar);
  });
  it.each([
    '',
    '[]',
    'null',
    JSON.stringify({ ...sidecar, keys: [] }),
    JSON.stringify({ ...sidecar, pages: [] }),
    JSON.stringify({ ...sidecar, version: 2 }),
  ])('that do not fit together are refused by name: %s', (text) => {
    expect(() => decodeSidecar(Buffer.from(text), 'some/path')).toThrowError(/some\/path is damaged/);
  });
});

describe('manifests', () => {
  it('list each committed segment once, in order, skipping torn lines', async () => {
    const root = await mkdtemp(join(tmpdir(), 'sluice-manifest-'));
    const store = createLocalArchive(root);
    const entry = (segmentId: string, committedAtMs: number): ManifestEntry => ({
      segmentId,
      path: `records/${segmentId}`,
      sidecar: `records/${segmentId}.sidecar.json`,
      connectionId: 'c1',
      poller: 'p',
      records: 1,
      bytes: 1,
      firstEventMs: null,
      lastEventMs: null,
      committedAtMs,
    });
    await appendManifest(store, entry('b', at + 86_400_000));
    await appendManifest(store, entry('a', at));
    await store.appendLine('manifests/2026-11-27.jsonl', '{"segmentId":"to');
    await appendManifest(store, entry('a', at));
    await appendManifest(store, entry('c', at));
    const ids: string[] = [];
    for await (const { segmentId } of readManifests(store)) ids.push(segmentId);
    expect(ids).toEqual(['a', 'c', 'b']);
    await rm(root, { recursive: true, force: true });
  });
});
