import type { KqlType } from '../api.ts';
import type { SyntaxNode } from '../parser/syntax.ts';
import type { Env } from '../plan/environment.ts';
import type { Value } from '../plan/value.ts';

/** `any` takes the argument as it is; `number` int, long, real or decimal; everything else converts to the type. */
export type ParameterType = KqlType | 'any' | 'number';

export interface Example {
  /** A scalar expression. */
  readonly kql: string;
  /** Its cell as the API gives it. */
  readonly result: unknown;
}

export interface CallContext {
  readonly env: Env;
  readonly node: SyntaxNode;
  /** Result type as the binder sees it. */
  readonly type: KqlType;
}

/** One scalar function: everything that the compiler and the reference know of it. */
export interface ScalarFunction {
  readonly summary: string;
  /** Types of the leading arguments. */
  readonly parameters: readonly ParameterType[];
  /** How many of them may be left out, from the end. */
  readonly optional?: number;
  /** Type of any further arguments. */
  readonly rest?: ParameterType;
  /** `propagate`: null when an argument is; `always`: can be null by itself; `never`. */
  readonly nulls: 'propagate' | 'always' | 'never';
  /** SQL in the carrier type of the result. */
  readonly sql: (args: readonly Value[], call: CallContext) => string | Value;
  readonly examples: readonly Example[];
}

export type FunctionFamily = Readonly<Record<string, ScalarFunction>>;

/** Fails at start-up where two families declare one name, instead of letting the last one win. */
export function mergeFamilies(...families: readonly FunctionFamily[]): FunctionFamily {
  const out: Record<string, ScalarFunction> = {};
  for (const family of families) {
    for (const [name, entry] of Object.entries(family)) {
      if (Object.hasOwn(out, name)) throw new Error(`function ${name} is declared twice`);
      out[name] = entry;
    }
  }
  return out;
}
