import type { SyntaxNode } from '../parser/syntax.ts';
import type { Env } from '../plan/environment.ts';
import type { Relation } from '../plan/relation.ts';

/** One tabular operator that takes rows: everything that the compiler and the reference know of it. */
export interface TabularOperator {
  readonly name: string;
  readonly summary: string;
  /** Gives at most one row for each input row, without looking at others: allowed in transforms. */
  readonly rowWise: boolean;
  readonly compile: (env: Env, input: Relation, node: SyntaxNode) => Relation;
}

/** One tabular expression that begins a query. */
export interface TabularSource {
  readonly name: string;
  readonly summary: string;
  readonly compile: (env: Env, node: SyntaxNode) => Relation;
}
