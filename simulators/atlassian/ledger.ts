import { contentKey } from './keys.ts';

/** What a store knows about one published record. */
export interface LedgerEntry {
  /** The key that makes it the same record when seen again; Confluence records share keys when identical. */
  readonly key: string;
  /** Event time, ms since 1970. */
  readonly time: number;
  /** When readers could first see it, ms since 1970. */
  readonly publishedAt: number;
  /** When it was taken away by an injected removal. */
  readonly removedAt?: number;
  readonly record: unknown;
}

export type ApiName = 'jira' | 'confluence' | 'org';

export interface NewRecord {
  readonly json: string;
  readonly time: number;
  readonly publishedAt: number;
  /** Jira id, 0 where records have none. */
  readonly id?: number;
  /** Event id of the organization log. */
  readonly uuid?: string;
}

/** Records in ascending order of something, as record numbers. */
export interface View {
  readonly length: number;
  at(position: number): number;
  /** First position whose primary value is not below `value`. */
  lowerBound(value: number): number;
}

const chunkBytes = 1 << 20;

/**
 * Every record that was ever published, as UTF-8 text in large chunks (outside the JavaScript heap),
 * with its visible order beside it. The ledger is the store: nothing is kept twice.
 */
export class RecordStore {
  readonly api: ApiName;
  readonly #chunks: Buffer[] = [];
  #used = chunkBytes;
  readonly #chunkOf: number[] = [];
  readonly #offset: number[] = [];
  readonly #size: number[] = [];
  readonly #time: number[] = [];
  readonly #publishedAt: number[] = [];
  readonly #id: number[] = [];
  readonly #uuid: string[] = [];
  readonly #byUuid = new Map<string, number>();
  readonly #removed = new Map<number, number>();
  readonly #byTime: number[] = [];
  readonly #byPublished: number[] = [];
  #bytes = 0;

  constructor(api: ApiName) {
    this.api = api;
  }

  /** Records ever published, removed ones included. */
  get count(): number {
    return this.#time.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get removedCount(): number {
    return this.#removed.size;
  }

  time(n: number): number {
    return this.#time[n] ?? 0;
  }

  publishedAt(n: number): number {
    return this.#publishedAt[n] ?? 0;
  }

  uuid(n: number): string {
    return this.#uuid[n] ?? '';
  }

  findUuid(uuid: string): number | undefined {
    const n = this.#byUuid.get(uuid);
    return n === undefined || this.#removed.has(n) ? undefined : n;
  }

  json(n: number): string {
    const offset = this.#offset[n] ?? 0;
    return this.#chunks[this.#chunkOf[n] ?? 0]?.toString('utf8', offset, offset + (this.#size[n] ?? 0)) ?? '';
  }

  append(record: NewRecord): number {
    const n = this.#time.length;
    this.#write(record.json);
    this.#time.push(record.time);
    this.#publishedAt.push(record.publishedAt);
    if (this.api === 'jira') this.#id.push(record.id ?? 0);
    if (this.api === 'org') {
      this.#uuid.push(record.uuid ?? '');
      this.#byUuid.set(record.uuid ?? '', n);
      insert(this.#byPublished, n, (a, b) => this.#comparePublished(a, b));
    }
    insert(this.#byTime, n, (a, b) => this.#compareTime(a, b));
    return n;
  }

  /** Takes a record out of sight; the ledger keeps it. */
  remove(n: number, at: number): void {
    if (this.#removed.has(n)) return;
    this.#removed.set(n, at);
    for (const view of [this.#byTime, this.#byPublished]) {
      const position = view.indexOf(n);
      if (position >= 0) view.splice(position, 1);
    }
  }

  /** Visible records by event time, then by id (Jira, organization) or by order of writing. */
  get byTime(): View {
    return viewOf(this.#byTime, (n) => this.time(n));
  }

  /** Visible organization events by processing time, then id. */
  get byPublished(): View {
    return viewOf(this.#byPublished, (n) => this.publishedAt(n));
  }

  /** Entries with `from <= time <= to`, in the order of publication. */
  *entries(from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY): Generator<LedgerEntry> {
    for (let n = 0; n < this.count; n++) {
      const time = this.time(n);
      if (time < from || time > to) continue;
      const record: unknown = JSON.parse(this.json(n));
      const removedAt = this.#removed.get(n);
      const entry = { key: contentKey(this.api, record), time, publishedAt: this.publishedAt(n), record };
      yield removedAt === undefined ? entry : { ...entry, removedAt };
    }
  }

  #write(json: string): void {
    const size = Buffer.byteLength(json);
    if (this.#used + size > (this.#chunks.at(-1)?.length ?? 0)) {
      this.#chunks.push(Buffer.allocUnsafeSlow(Math.max(chunkBytes, size)));
      this.#used = 0;
    }
    this.#chunks.at(-1)?.write(json, this.#used, 'utf8');
    this.#chunkOf.push(this.#chunks.length - 1);
    this.#offset.push(this.#used);
    this.#size.push(size);
    this.#used += size;
    this.#bytes += size;
  }

  #compareTime(a: number, b: number): number {
    const byTime = this.time(a) - this.time(b);
    if (byTime !== 0) return byTime;
    if (this.api === 'org') return compareText(this.uuid(a), this.uuid(b));
    if (this.api === 'jira') return (this.#id[a] ?? 0) - (this.#id[b] ?? 0) || a - b;
    return a - b;
  }

  #comparePublished(a: number, b: number): number {
    return this.publishedAt(a) - this.publishedAt(b) || compareText(this.uuid(a), this.uuid(b));
  }
}

export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function insert(view: number[], n: number, compare: (a: number, b: number) => number): void {
  const last = view.at(-1);
  if (last === undefined || compare(last, n) <= 0) {
    view.push(n);
    return;
  }
  let low = 0;
  let high = view.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(view[middle] ?? 0, n) <= 0) low = middle + 1;
    else high = middle;
  }
  view.splice(low, 0, n);
}

function viewOf(order: readonly number[], value: (n: number) => number): View {
  return {
    get length() {
      return order.length;
    },
    at: (position) => order[position] ?? -1,
    lowerBound: (bound) => {
      let low = 0;
      let high = order.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (value(order[middle] ?? 0) < bound) low = middle + 1;
        else high = middle;
      }
      return low;
    },
  };
}
