import { SluiceError } from '../../core/errors.ts';
import type { WindowService } from '../services.ts';
import { iso } from './stub-data.ts';

type Item = Awaited<ReturnType<WindowService['retry']>>;

/** One parked window of the second connection; a retry succeeds. */
export function stubWindowService(now: () => number): WindowService {
  const end = now() - 7_200_000;
  const windows = new Map<string, Item>();
  const put = (item: Item): Item => {
    windows.set(item.id, item);
    return item;
  };
  put({
    id: 'w-1',
    connectionId: 'c-2',
    poller: 'audit',
    start: iso(end - 300_000),
    end: iso(end),
    state: 'parked',
    failures: 12,
    error: {
      code: 'RESPONSE_NOT_JSON',
      message: 'GET https://wiki.example: not JSON',
      hint: 'See the answer.',
    },
    parkedAt: iso(now() - 3_600_000),
    decidedBy: null,
    decidedAt: null,
    note: null,
  });
  function find(id: string): Item {
    const found = windows.get(id);
    if (found) return found;
    throw new SluiceError({
      code: 'WINDOW_NOT_FOUND',
      message: `There is no parked window ${id}`,
      hint: 'List them with `sluice connection windows NAME`.',
    });
  }
  return {
    list: async (name) => [...windows.values()].filter((w) => name === w.connectionId || name === 'wiki-eu'),
    retry: async (id, who) => put({ ...find(id), state: 'done', decidedBy: who, decidedAt: iso(now()) }),
    async split(id) {
      const whole = find(id);
      const middle = iso((Date.parse(whole.start) + Date.parse(whole.end)) / 2);
      windows.delete(id);
      return [put({ ...whole, id: `${id}-a`, end: middle }), put({ ...whole, id: `${id}-b`, start: middle })];
    },
    skip: async (id, who, note) =>
      put({ ...find(id), state: 'skipped', decidedBy: who, decidedAt: iso(now()), note }),
  };
}
