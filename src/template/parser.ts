import { templateError } from './errors.ts';
import { type Token, type TokenKind, tokenize } from './lexer.ts';

export type Expression =
  | {
      readonly kind: 'literal';
      readonly value: string | number;
      readonly start: number;
      readonly end: number;
    }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly args: readonly Expression[];
      readonly start: number;
      readonly end: number;
    }
  | {
      readonly kind: 'property';
      readonly target: Expression;
      readonly name: string;
      readonly start: number;
      readonly end: number;
    }
  | {
      readonly kind: 'index';
      readonly target: Expression;
      readonly index: Expression;
      readonly start: number;
      readonly end: number;
    };

const maxDepth = 64;

interface Cursor {
  readonly tokens: readonly Token[];
  at: number;
  depth: number;
}

function peek(cursor: Cursor): Token {
  return cursor.tokens[Math.min(cursor.at, cursor.tokens.length - 1)]!;
}

function take(cursor: Cursor, kind: TokenKind): Token {
  const token = peek(cursor);
  if (token.kind !== kind) {
    const found = token.kind === 'end' ? 'the end' : `'${token.kind}'`;
    throw templateError(
      'TEMPLATE_SYNTAX',
      `expected '${kind}' but found ${found} at position ${token.start + 1}`,
      {
        start: token.start,
        end: token.end,
      },
    );
  }
  cursor.at += 1;
  return token;
}

function parseArguments(cursor: Cursor): Expression[] {
  const args: Expression[] = [];
  if (peek(cursor).kind === ')') return args;
  args.push(parseExpression(cursor));
  while (peek(cursor).kind === ',') {
    cursor.at += 1;
    args.push(parseExpression(cursor));
  }
  return args;
}

function parsePrimary(cursor: Cursor): Expression {
  const token = peek(cursor);
  if (token.kind === 'text' || token.kind === 'number') {
    cursor.at += 1;
    return {
      kind: 'literal',
      value: token.kind === 'text' ? token.value : Number(token.value),
      start: token.start,
      end: token.end,
    };
  }
  const name = take(cursor, 'name');
  take(cursor, '(');
  const args = parseArguments(cursor);
  const close = take(cursor, ')');
  return { kind: 'call', name: name.value, args, start: name.start, end: close.end };
}

function parseExpression(cursor: Cursor): Expression {
  cursor.depth += 1;
  if (cursor.depth > maxDepth)
    throw templateError('TEMPLATE_TOO_LARGE', `an expression is nested deeper than ${maxDepth} levels`);
  let result = parsePrimary(cursor);
  for (let steps = 0; ; steps += 1) {
    if (steps > maxDepth)
      throw templateError('TEMPLATE_TOO_LARGE', `an expression reads deeper than ${maxDepth} levels`);
    if (peek(cursor).kind === '.') {
      cursor.at += 1;
      const name = take(cursor, 'name');
      result = { kind: 'property', target: result, name: name.value, start: result.start, end: name.end };
    } else if (peek(cursor).kind === '[') {
      cursor.at += 1;
      const index = parseExpression(cursor);
      result = { kind: 'index', target: result, index, start: result.start, end: take(cursor, ']').end };
    } else {
      cursor.depth -= 1;
      return result;
    }
  }
}

/**
 * Parses `source[start, end)` as one expression. One surplus `]` at the end is accepted:
 * published packages double the closing bracket too (CCF §1.4).
 */
export function parseExpressionText(source: string, start: number, end: number): Expression {
  const cursor: Cursor = { tokens: tokenize(source, start, end), at: 0, depth: 0 };
  const expression = parseExpression(cursor);
  if (peek(cursor).kind === ']' && cursor.tokens[cursor.at + 1]?.kind === 'end') cursor.at += 1;
  take(cursor, 'end');
  return expression;
}
