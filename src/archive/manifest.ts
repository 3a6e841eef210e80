import type { ArchiveStore } from './api.ts';

/**
 * Manifests list the committed segments: `manifests/<yyyy-mm-dd>.jsonl`, one JSON line per segment, by the UTC day of the
 * commit. One object per day keeps the cost of listing bounded (365 names a year); a line may occur twice when a stop
 * fell between the append and the note of it in the state database, so readers go by segment id.
 */
export interface ManifestEntry {
  readonly segmentId: string;
  readonly path: string;
  readonly sidecar: string;
  readonly connectionId: string;
  readonly poller: string;
  readonly records: number;
  readonly bytes: number;
  readonly firstEventMs: number | null;
  readonly lastEventMs: number | null;
  readonly committedAtMs: number;
}

const folder = 'manifests/';

export async function appendManifest(store: ArchiveStore, entry: ManifestEntry): Promise<void> {
  const day = new Date(entry.committedAtMs).toISOString().slice(0, 10);
  await store.appendLine(`${folder}${day}.jsonl`, JSON.stringify(entry));
}

/** Committed segments in commit order, each once. Torn lines are skipped: their segment is appended again at the next start. */
export async function* readManifests(store: ArchiveStore): AsyncIterable<ManifestEntry> {
  const seen = new Set<string>();
  for await (const path of store.list(folder)) {
    const text = Buffer.from(await store.get(path)).toString('utf8');
    for (const line of text.split('\n')) {
      const entry = parseLine(line);
      if (!entry || seen.has(entry.segmentId)) continue;
      seen.add(entry.segmentId);
      yield entry;
    }
  }
}

function parseLine(line: string): ManifestEntry | undefined {
  try {
    const value = JSON.parse(line) as ManifestEntry;
    return typeof value.segmentId === 'string' && typeof value.path === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
