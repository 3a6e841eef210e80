/** A small KQL tokenizer for colours and completion; the server's compiler has the last word on the language. */
export type KqlTokenKind =
  | 'keyword'
  | 'function'
  | 'identifier'
  | 'string'
  | 'number'
  | 'comment'
  | 'operator'
  | 'punctuation';

export interface KqlToken {
  readonly kind: KqlTokenKind;
  readonly from: number;
  readonly to: number;
}

const words =
  'where project extend summarize sort order by top take limit count distinct join kind on union let print render parse ' +
  'mv-expand mvexpand mv-apply project-away project-rename project-keep project-reorder make-series evaluate invoke lookup ' +
  'search find datatable range serialize sample sample-distinct as asc desc nulls first last and or not in has contains ' +
  'startswith endswith between matches regex with of to typeof true false null inner innerunique leftouter rightouter ' +
  'fullouter leftanti leftsemi rightanti rightsemi hasprefix hassuffix has_any has_all has_cs contains_cs !in !has ' +
  '!contains !startswith !endswith !between source externaldata materialize parse-where parse-kv getschema consume';
export const kqlKeywords: ReadonlySet<string> = new Set(words.split(' '));

const patterns: readonly [KqlTokenKind | 'word' | 'space', RegExp][] = [
  ['space', /\s+/y],
  ['comment', /\/\/[^\n]*/y],
  [
    'string',
    /[hH]?(?:```[\s\S]*?(?:```|$)|~~~[\s\S]*?(?:~~~|$)|@"(?:[^"\n]|"")*"?|@'(?:[^'\n]|'')*'?|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?)/y,
  ],
  [
    'number',
    /(?:0[xX][\da-fA-F]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?:microseconds?|milliseconds?|seconds?|minutes?|hours?|days?|tick|ms|d|h|m|s)?)(?![\w])/y,
  ],
  ['word', /!?[A-Za-z_$][\w]*(?:-(?:expand|apply|away|rename|keep|reorder|series|distinct|where|kv)\b)?~?/y],
  ['operator', /[|=!<>+\-*/%~:]+/y],
  ['punctuation', /[()[\]{},;.?@#&^\\]/y],
];

function wordKind(text: string, source: string, end: number): KqlTokenKind {
  const word = text.replace(/~$/, '');
  if (/^\s*\(/.test(source.slice(end, end + 20)))
    return kqlKeywords.has(word) && !/^(count|range)$/.test(word) ? 'keyword' : 'function';
  return kqlKeywords.has(word) ? 'keyword' : 'identifier';
}

/** Tokens of the whole text in order; blanks are left out, and nothing else is. Never throws. */
export function tokenizeKql(source: string): KqlToken[] {
  const tokens: KqlToken[] = [];
  let at = 0;
  while (at < source.length) {
    const start = at;
    for (const [kind, pattern] of patterns) {
      pattern.lastIndex = at;
      const match = pattern.exec(source);
      if (!match || match[0].length === 0) continue;
      at += match[0].length;
      if (kind === 'word') tokens.push({ kind: wordKind(match[0], source, at), from: start, to: at });
      else if (kind !== 'space') tokens.push({ kind, from: start, to: at });
      break;
    }
    if (at === start) {
      at += 1;
      tokens.push({ kind: 'punctuation', from: start, to: at });
    }
  }
  return tokens;
}

const identifiers = (source: string) =>
  tokenizeKql(source)
    .filter((token) => token.kind === 'identifier')
    .map((token) => source.slice(token.from, token.to));

/** Names of known tables that the text mentions, for completing their columns. */
export function tablesIn(source: string, known: readonly string[]): string[] {
  const mentioned = new Set(identifiers(source));
  return known.filter((name) => mentioned.has(name));
}

/** True when the query compares TimeGenerated itself, so that the range picker must stay out of it. */
export function filtersTime(source: string): boolean {
  const tokens = tokenizeKql(source).filter((token) => token.kind !== 'comment');
  const text = (index: number) => source.slice(tokens[index]?.from ?? 0, tokens[index]?.to ?? 0);
  return tokens.some((token, index) => {
    if (source.slice(token.from, token.to) !== 'TimeGenerated') return false;
    return /^(>|<|>=|<=|==|between|!between)$/.test(tokens[index + 1] ? text(index + 1) : '');
  });
}
