import type { KqlType } from '../api.ts';
import type { SyntaxNode } from '../parser/syntax.ts';
import type { Env } from '../plan/environment.ts';
import type { Value } from '../plan/value.ts';

export interface AggregateContext {
  /** Reads a column-level expression, that is one inside the aggregate. */
  readonly inner: Env;
  readonly node: SyntaxNode;
  readonly type: KqlType;
  /** SQL that orders the input rows, when a sort went before. */
  readonly ordinal: string | undefined;
}

/** An example: `data | summarize <kql>` over the rows of aggregates/examples.test.ts. */
export interface AggregateExample {
  readonly kql: string;
  readonly result: unknown;
}

/** One aggregate that gives one value. */
export interface Aggregate {
  readonly summary: string;
  readonly parameters: readonly [min: number, max: number];
  readonly nullable: boolean;
  readonly sql: (args: readonly Value[], context: AggregateContext) => string;
  readonly examples: readonly AggregateExample[];
}

/** One aggregate that gives several columns: arg_max, percentiles. Values in the binder's column order. */
export interface TupleAggregate {
  readonly summary: string;
  readonly columns: (
    node: SyntaxNode,
    columns: readonly { readonly name: string; readonly type: KqlType }[],
    inner: Env,
  ) => readonly Value[];
}
