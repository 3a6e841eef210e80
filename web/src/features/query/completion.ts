/** What the editor offers: tables, columns of tables named in the text, functions, operators. No language service. */
import type { QuerySchema } from '../../lib/api-types.ts';
import { tablesIn, tokenizeKql } from '../../lib/kql-tokens.ts';

export interface Option {
  readonly label: string;
  readonly type: 'class' | 'property' | 'function' | 'keyword';
  readonly detail?: string;
}

/** Options at a position, best kind first; undefined inside strings and comments. */
export function kqlOptions(source: string, position: number, schema: QuerySchema): Option[] | undefined {
  const tokens = tokenizeKql(source);
  const inside = tokens.find(
    (token) =>
      token.from < position && position <= token.to && (token.kind === 'string' || token.kind === 'comment'),
  );
  if (inside && (inside.kind === 'comment' || position < inside.to)) return undefined;
  const before = tokens.filter((token) => token.to <= position);
  const wordStarts = before.at(-1)?.to === position && /[\w-]/.test(source[position - 1] ?? '');
  const previous = before.at(wordStarts ? -2 : -1);
  const previousText = previous ? source.slice(previous.from, previous.to) : '';
  const operators = schema.operators.map((label): Option => ({ label, type: 'keyword' }));
  const tables = schema.tables.map(
    (table): Option => ({ label: table.name, type: 'class', detail: 'table' }),
  );
  if (!previous || previousText === ';') return tables;
  if (previousText === '|') return operators;
  if (
    /^(join|lookup|union|from)$/.test(previousText) ||
    (previousText === '(' && /(join|lookup|union)[^(]*\($/.test(source.slice(0, previous.to)))
  )
    return tables;
  const named = new Set(
    tablesIn(
      source,
      schema.tables.map((table) => table.name),
    ),
  );
  const columns = schema.tables
    .filter((table) => named.has(table.name))
    .flatMap((table) =>
      table.columns.map((column): Option => ({ label: column.name, type: 'property', detail: column.type })),
    );
  const unique = [...new Map(columns.map((option) => [option.label, option])).values()];
  const functions = [...schema.functions, ...schema.aggregates].map(
    (label): Option => ({ label, type: 'function' }),
  );
  return [...unique, ...functions, ...tables];
}
