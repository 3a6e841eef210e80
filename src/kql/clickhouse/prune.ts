/**
 * Subqueries list every column; most are never read. While the text is put together each such column is marked,
 * and at the end only those that something refers to are written. This keeps statements over wide tables small.
 *
 * The marks are control characters, which literals and names never hold (see literal.ts).
 */
const listStart = '\u0001';
const itemStart = '\u0002';
const itemBody = '\u0003';
const itemEnd = '\u0004';
const listEnd = '\u0005';

export interface PrunableItem {
  /** What the item's column is called from outside, such as `t1."a"`. */
  readonly reference: string;
  readonly sql: string;
}

/** A column list of which only the items that are referred to will be written. */
export function prunableList(items: readonly PrunableItem[]): string {
  return `${listStart}${items.map((i) => `${itemStart}${i.reference}${itemBody}${i.sql}${itemEnd}`).join('')}${listEnd}`;
}

type Part = string | { readonly items: readonly Item[] };
interface Item {
  readonly reference: string;
  readonly parts: readonly Part[];
}

/** Reads marked text from a place on; stops at an item's end. */
function parseParts(text: string, at: number): { parts: Part[]; next: number } {
  const parts: Part[] = [];
  let position = at;
  while (position < text.length) {
    const start = nextMark(text, position);
    if (start > position) parts.push(text.slice(position, start));
    if (start >= text.length || text[start] === itemEnd) return { parts, next: start };
    const list = parseList(text, start + 1);
    parts.push({ items: list.items });
    position = list.next;
  }
  return { parts, next: position };
}

function nextMark(text: string, from: number): number {
  const list = text.indexOf(listStart, from);
  const end = text.indexOf(itemEnd, from);
  const found = [list, end].filter((i) => i >= 0);
  return found.length > 0 ? Math.min(...found) : text.length;
}

function parseList(text: string, at: number): { items: Item[]; next: number } {
  const items: Item[] = [];
  let position = at;
  while (text[position] === itemStart) {
    const body = text.indexOf(itemBody, position);
    const inner = parseParts(text, body + 1);
    items.push({ reference: text.slice(position + 1, body), parts: inner.parts });
    position = inner.next + 1;
  }
  return { items, next: position + (text[position] === listEnd ? 1 : 0) };
}

const referencePattern = /\bt\d+\."(?:[^"\\]|\\.)*"/g;

/** Marks every reference that the given parts make, following items that are referred to. */
function collect(parts: readonly Part[], used: Set<string>, waiting: Map<string, Item[]>): void {
  const queue: Part[] = [...parts];
  for (let part = queue.pop(); part !== undefined; part = queue.pop()) {
    if (typeof part === 'string') {
      for (const [reference] of part.matchAll(referencePattern)) {
        if (used.has(reference)) continue;
        used.add(reference);
        for (const item of waiting.get(reference) ?? []) queue.push(...item.parts);
        waiting.delete(reference);
      }
      continue;
    }
    for (const item of part.items) {
      if (used.has(item.reference)) queue.push(...item.parts);
      else waiting.set(item.reference, [...(waiting.get(item.reference) ?? []), item]);
    }
  }
}

function render(parts: readonly Part[], used: ReadonlySet<string>): string {
  return parts
    .map((part) => {
      if (typeof part === 'string') return part;
      const kept = part.items.filter((i) => used.has(i.reference));
      return kept.length > 0 ? kept.map((i) => render(i.parts, used)).join(', ') : '1 AS "_"';
    })
    .join('');
}

/** The statement without columns that nothing reads. */
export function pruned(text: string): string {
  const { parts } = parseParts(text, 0);
  const used = new Set<string>();
  collect(parts, used, new Map());
  return render(parts, used);
}
