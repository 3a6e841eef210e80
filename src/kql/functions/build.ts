import type { Example, ParameterType, ScalarFunction } from './types.ts';

interface Shape {
  readonly parameters?: readonly ParameterType[];
  readonly optional?: number;
  readonly rest?: ParameterType;
}

/** An entry whose SQL only needs the texts of its arguments. */
export function plain(
  summary: string,
  parameters: readonly ParameterType[],
  nulls: ScalarFunction['nulls'],
  sql: (...args: string[]) => string,
  examples: readonly Example[],
  shape: Shape = {},
): ScalarFunction {
  return { summary, parameters, nulls, sql: (args) => sql(...args.map((a) => a.sql)), examples, ...shape };
}

/** One example. */
export function ex(kql: string, result: unknown): Example {
  return { kql, result };
}
