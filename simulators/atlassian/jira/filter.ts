import type { World } from '../world/draft.ts';

interface Searchable {
  readonly summary?: string;
  readonly category?: string;
  readonly eventSource?: string;
  readonly remoteAddress?: string;
  readonly objectItem?: { readonly name?: string; readonly typeName?: string; readonly parentName?: string };
  readonly changedValues?: readonly { readonly changedFrom?: string; readonly changedTo?: string }[];
}

/**
 * Space-separated terms; a record matches when each term is part of at least one searched field.
 * A user object is searched by its account id, not by its key.
 */
export function jiraFilter(text: string, world: World): (json: string) => boolean {
  const terms = text.toLowerCase().split(/\s+/).filter(Boolean);
  const accountOf = new Map(world.people.map((person) => [person.userKey, person.accountId]));
  return (json) => {
    const record = JSON.parse(json) as Searchable;
    const object = record.objectItem;
    const name = object?.name ?? '';
    const fields = [
      record.summary,
      record.category,
      record.eventSource,
      record.remoteAddress,
      object?.typeName === 'USER' ? (accountOf.get(name) ?? name) : name,
      object?.typeName,
      object?.parentName,
      ...(record.changedValues ?? []).flatMap((value) => [value.changedFrom, value.changedTo]),
    ].map((field) => (field ?? '').toLowerCase());
    return terms.every((term) => fields.some((field) => field.includes(term)));
  };
}
