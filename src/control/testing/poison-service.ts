/** A local audit API with pages by token, one record of which can be poisoned: its page comes garbled. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PoisonRecord {
  readonly id: string;
  readonly occurred: string;
  readonly size: number;
}

export interface PoisonService {
  readonly url: string;
  /** Everything that the service holds; a test may add to it. */
  readonly records: PoisonRecord[];
  /** `from` and `to` of every request, in order. */
  readonly asked: { readonly from: number; readonly to: number }[];
  /** Pages with a record at these times are garbled. */
  readonly poison: Set<number>;
  credential: 'good' | 'refused';
  /** False: every answer is garbled. */
  healthy: boolean;
  close(): Promise<void>;
}

export const pageSize = 5;

export async function startPoisonService(): Promise<PoisonService> {
  const service: Omit<PoisonService, 'url' | 'close'> = {
    records: [],
    asked: [],
    poison: new Set(),
    credential: 'good',
    healthy: true,
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://service.invalid');
    const time = (name: string) => Date.parse(url.searchParams.get(name) ?? '');
    const [from, to, at] = [time('from'), time('to'), Number(url.searchParams.get('page') ?? 0)];
    service.asked.push({ from, to });
    response.setHeader('content-type', 'application/json');
    if (service.credential === 'refused') {
      response.writeHead(401).end('{}');
      return;
    }
    const found = service.records.filter(
      ({ occurred }) => Date.parse(occurred) >= from && Date.parse(occurred) < to,
    );
    const items = found.slice(at, at + pageSize);
    const next = at + pageSize < found.length ? { next: String(at + pageSize) } : {};
    const text = JSON.stringify({ items, ...next });
    const sick = !service.healthy || items.some(({ occurred }) => service.poison.has(Date.parse(occurred)));
    response.end(sick ? text.slice(0, -7) : text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(service, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  });
}
