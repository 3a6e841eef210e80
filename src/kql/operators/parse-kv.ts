import { convert } from '../clickhouse/convert.ts';
import { quoteString } from '../clickhouse/literal.ts';
import { operatorOptions, refuse, rowOf, scalar, withRow } from '../plan/environment.ts';
import { type Column, closedWith, opened } from '../plan/relation.ts';
import { computed } from '../plan/value.ts';
import { namedColumn, resultColumns } from './columns.ts';
import { declaredType } from './parse.ts';
import type { TabularOperator } from './types.ts';

const escapeRegex = (text: string) => text.replace(/[\\^$.*+?()[\]{}|-]/g, '\\$&');

export const parseKv: TabularOperator = {
  name: 'parse-kv',
  summary: 'Takes columns out of a text of keys and values.',
  rowWise: true,
  compile: (env, input, node) => {
    const clause = node.child('WithClause');
    const options = clause ? operatorOptions(clause, 'Properties') : new Map();
    const text = (name: string) => options.get(name)?.constantText as string | undefined;
    for (const name of options.keys()) {
      if (!['pair_delimiter', 'kv_delimiter', 'quote'].includes(name)) {
        refuse('KQL_UNSUPPORTED_OPTION', `parse-kv ${name} is not supported`, node);
      }
    }
    const pair = text('pair_delimiter') ?? ' ';
    const kv = text('kv_delimiter') ?? '=';
    const quote = text('quote');
    if (quote !== undefined && (quote.length < 1 || quote.length > 2)) {
      refuse('KQL_ARGUMENT', 'parse-kv quote takes one or two characters', node);
    }
    const open = opened(input, env.compilation.aliases);
    const source = convert(scalar(withRow(env, rowOf(open)), node.need('Expression')), 'string').sql;
    const keys = node
      .need('Keys')
      .items('Columns')
      .map((c) => ({ name: c.need('Name').name, type: declaredType(c.child('Type')) }));
    const value = quote
      ? `(?:${escapeRegex(quote[0] ?? '')}([^${escapeRegex(quote.at(-1) ?? '')}]*)${escapeRegex(quote.at(-1) ?? '')}|(`
      : '(?:()|(';
    const mark = quote ? `[${escapeRegex(quote)}]?` : '';
    const rest = pair === '' ? '.*?' : `(?:.*?)`;
    const end = `(?:${escapeRegex(pair)}|$)`;
    const extra = keys.map((key, i) => ({
      name: `_k${i}${env.compilation.aliases.next()}`,
      sql: `extractGroups(${source},${quoteString(`(?s)(?:^|${escapeRegex(pair)})\\s*${mark}${escapeRegex(key.name)}${mark}\\s*${escapeRegex(kv.trim() === '' ? kv : kv.trim())}\\s*${value}${rest}))\\s*${end}`)})`,
    }));
    const { relation, refs } = closedWith(open, env.compilation.aliases, extra);
    const made = new Map(
      keys.map((key, i) => {
        const found = refs[i] ?? '';
        const raw = computed(`if(${found}[1]!='',${found}[1],${found}[2])`, 'string', false);
        return [key.name, convert(raw, key.type)] as const;
      }),
    );
    const old = new Map(relation.columns.map((c) => [c.name, c]));
    const columns = resultColumns(node).map((c): Column => {
      const found = made.get(c.name);
      return found
        ? namedColumn(c.name, found)
        : (old.get(c.name) ?? refuse('KQL_INTERNAL', `parse-kv lost ${c.name}`, node));
    });
    return { ...relation, columns };
  },
};
