import type { KqlType } from '../api.ts';
import { convert } from '../clickhouse/convert.ts';
import { nullLiteral, quoteString } from '../clickhouse/literal.ts';
import type { SyntaxNode } from '../parser/syntax.ts';
import {
  type Env,
  operatorOptions,
  refuse,
  refuseUnknownOptions,
  rowOf,
  scalar,
  withRow,
} from '../plan/environment.ts';
import { type Column, closedWith, opened, type Relation } from '../plan/relation.ts';
import { computed, type Value } from '../plan/value.ts';
import { namedColumn, resultColumns } from './columns.ts';
import type { TabularOperator } from './types.ts';

type Part =
  | { readonly kind: 'star' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'column'; readonly name: string; readonly type: KqlType };

const columnTypes: Readonly<Record<string, KqlType>> = {
  bool: 'bool',
  boolean: 'bool',
  int: 'int',
  long: 'long',
  real: 'real',
  double: 'real',
  decimal: 'decimal',
  datetime: 'datetime',
  date: 'datetime',
  timespan: 'timespan',
  time: 'timespan',
  guid: 'guid',
  string: 'string',
  dynamic: 'dynamic',
};

/** Type named in a column declaration. */
export function declaredType(node: SyntaxNode | undefined): KqlType {
  const name = node?.text.toLowerCase() ?? 'string';
  return (
    columnTypes[name] ?? refuse('KQL_UNSUPPORTED_OPTION', `the type ${name} is not supported here`, node)
  );
}

function partOf(node: SyntaxNode): Part {
  if (node.kind === 'StarExpression') return { kind: 'star' };
  if (node.constantText !== undefined) return { kind: 'text', text: node.constantText };
  if (node.kind === 'NameAndTypeDeclaration') {
    return { kind: 'column', name: node.need('Name').name, type: declaredType(node.child('Type')) };
  }
  if (node.kind === 'NameDeclaration') return { kind: 'column', name: node.name, type: 'string' };
  return refuse(
    'KQL_UNSUPPORTED_EXPRESSION',
    `${node.text.slice(0, 40)} is no part of a parse pattern`,
    node,
  );
}

const typePatterns: Readonly<Partial<Record<KqlType, string>>> = {
  int: '[-+]?\\d+',
  long: '[-+]?\\d+',
  real: '[-+]?\\d+(?:\\.\\d*)?(?:[eE][-+]?\\d+)?',
  decimal: '[-+]?\\d+(?:\\.\\d*)?(?:[eE][-+]?\\d+)?',
  bool: '(?i:true|false|[01])',
  guid: '[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}',
};

type Mode = 'simple' | 'relaxed' | 'regex';

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** Capture of one column: up to the text that follows, or as much as its type takes. */
function capture(part: Extract<Part, { kind: 'column' }>, next: Part | undefined, mode: Mode): string {
  const pattern = typePatterns[part.type];
  if (pattern && (mode !== 'relaxed' || next?.kind !== 'text'))
    return mode === 'relaxed' ? `(${pattern}|)` : `(${pattern})`;
  // Regular-expression mode takes as much as it can; its flag U turns that round.
  return next === undefined || mode === 'regex' ? '(.*)' : '(.*?)';
}

function patternOf(parts: readonly Part[], mode: Mode, flags: string): string {
  const body = parts.map((part, i) => {
    if (part.kind === 'star') return i === parts.length - 1 ? '' : '.*?';
    if (part.kind === 'text')
      return mode === 'regex' ? `(?:${part.text.replace(/\((?!\?)/g, '(?:')})` : escaped(part.text);
    return capture(part, parts[i + 1], mode);
  });
  // The empty group makes the engine tell a match from none where the pattern has no column.
  return `(?${flags})^()${body.join('')}`;
}

/** Options that regular expressions may take: i, m, s, U. */
function flagsOf(node: SyntaxNode | undefined, mode: Mode): string {
  const given = node?.text ?? '';
  if (!/^[imsU]*$/.test(given))
    refuse('KQL_UNSUPPORTED_OPTION', `parse flags ${given} are not supported`, node);
  return mode === 'regex' && given !== '' ? given : 's';
}

function compileParse(env: Env, input: Relation, node: SyntaxNode, onlyMatches: boolean): Relation {
  const options = operatorOptions(node);
  refuseUnknownOptions(node, options, ['kind', 'flags']);
  const mode = (options.get('kind')?.text ?? 'simple') as Mode;
  if (!['simple', 'relaxed', 'regex'].includes(mode))
    refuse('KQL_UNSUPPORTED_OPTION', `parse kind=${mode} is not supported`, node);
  const parts = node.child('Patterns')?.elements.map(partOf) ?? [];
  const open = opened(input, env.compilation.aliases);
  const text = convert(scalar(withRow(env, rowOf(open)), node.need('Expression')), 'string');
  const pattern = patternOf(parts, mode, flagsOf(options.get('flags'), mode));
  const targets = parts.filter((p) => p.kind === 'column');
  const groups = `extractGroups(${text.sql},${quoteString(pattern)})`;
  const { relation, refs } = closedWith(open, env.compilation.aliases, [
    { name: `_g${env.compilation.aliases.next()}`, sql: groups },
  ]);
  const found = refs[0] ?? '';
  const raw = targets.map((t, i) => convert(computed(`${found}[${i + 2}]`, 'string', false), t.type));
  return assembled({ relation, node, found, raw, targets, strict: mode !== 'relaxed', onlyMatches });
}

interface Assembly {
  readonly relation: Relation;
  readonly node: SyntaxNode;
  readonly found: string;
  readonly raw: readonly Value[];
  readonly targets: readonly Extract<Part, { kind: 'column' }>[];
  readonly strict: boolean;
  readonly onlyMatches: boolean;
}

/** One value that does not convert makes the whole pattern miss, except in relaxed mode. */
function assembled({ relation, node, found, raw, targets, strict, onlyMatches }: Assembly): Relation {
  const failing = strict ? raw.filter((v) => v.type !== 'string').map((v) => `isNotNull(${v.sql})`) : [];
  const matches = [`notEmpty(${found})`, ...failing].join(' AND ');
  const made = new Map(
    targets.map((t, i) => {
      const value = raw[i] ?? refuse('KQL_INTERNAL', 'parse lost a column', node);
      const sql = `if(${matches},${value.sql},${nullLiteral(t.type)})`;
      return [t.name, computed(onlyMatches ? value.sql : sql, t.type, true)] as const;
    }),
  );
  const old = new Map(relation.columns.map((c) => [c.name, c]));
  const columns = resultColumns(node).map((c): Column => {
    const value = made.get(c.name);
    return value
      ? namedColumn(c.name, value)
      : (old.get(c.name) ?? refuse('KQL_INTERNAL', `parse lost ${c.name}`, node));
  });
  return { ...relation, columns, where: onlyMatches ? [...relation.where, `(${matches})`] : relation.where };
}

export const parse: TabularOperator = {
  name: 'parse',
  summary: 'Takes columns out of a text by a pattern; kinds simple, relaxed and regex.',
  rowWise: true,
  compile: (env, input, node) => compileParse(env, input, node, false),
};

export const parseWhere: TabularOperator = {
  name: 'parse-where',
  summary: 'Like parse, and keeps only the rows that match.',
  rowWise: true,
  compile: (env, input, node) => compileParse(env, input, node, true),
};
