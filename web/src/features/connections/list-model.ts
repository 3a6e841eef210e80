import type { Connection } from '../../lib/api-types.ts';

/** How far the slowest poller is from now; null when none has delivered yet. */
export function behindSeconds(connection: Connection): number | null {
  const known = connection.pollers.flatMap((poller) =>
    poller.behindSeconds === null ? [] : [poller.behindSeconds],
  );
  return known.length === 0 ? null : Math.max(...known);
}

/** Connections whose name or connector holds the text, in the given state; failing ones first, then by name. */
export function filterConnections(items: readonly Connection[], text: string, state: string): Connection[] {
  const wanted = text.trim().toLowerCase();
  return items
    .filter((item) => state === '' || item.state === state)
    .filter((item) => `${item.name}\n${item.definitionTitle}`.toLowerCase().includes(wanted))
    .sort(
      (a, b) =>
        Number(b.state === 'failing') - Number(a.state === 'failing') || a.name.localeCompare(b.name, 'en'),
    );
}
