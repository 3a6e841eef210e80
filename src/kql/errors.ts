import type { Diagnostic, Severity } from '../core/diagnostics.ts';

/** Codes that the KQL compiler can raise. */
export const kqlErrors = {
  KQL_SYNTAX: { summary: 'The query text is not valid KQL.', hint: 'Correct the text at the marked place.' },
  KQL_BIND: {
    summary: 'A name or type in the query does not fit the schema.',
    hint: 'Check table, column and function names and the types of arguments.',
  },
  KQL_UNSUPPORTED_OPERATOR: {
    summary: 'The tabular operator is not supported.',
    hint: 'Rewrite the query with supported operators (see the KQL reference).',
  },
  KQL_UNSUPPORTED_FUNCTION: {
    summary: 'The scalar function is not supported.',
    hint: 'Rewrite the query with supported functions (see the KQL reference).',
  },
  KQL_UNSUPPORTED_AGGREGATE: {
    summary: 'The aggregate function is not supported.',
    hint: 'Rewrite the query with supported aggregates (see the KQL reference).',
  },
  KQL_UNSUPPORTED_EXPRESSION: {
    summary: 'This form of expression is not supported.',
    hint: 'Rewrite the expression with supported functions and operators.',
  },
  KQL_UNSUPPORTED_OPTION: {
    summary: 'An operator or function option is not supported.',
    hint: 'Remove the option or use one of the supported values.',
  },
  KQL_NOT_ROW_WISE: {
    summary: 'A transform may only use operators that keep rows apart.',
    hint: 'Use where, extend, project and parse operators only.',
  },
  KQL_TRANSFORM_SOURCE: {
    summary: 'A transform must read the table `source`.',
    hint: 'Begin the transform with `source | …`.',
  },
  KQL_OPEN_SCHEMA: {
    summary: 'The result columns depend on the data and are not known when the query is compiled.',
    hint: 'Declare the columns, for instance with project or an output schema.',
  },
  KQL_CORRELATED: {
    summary: 'A subquery refers to a row of the query around it.',
    hint: 'Use join or lookup instead.',
  },
  KQL_ARGUMENT: { summary: 'An argument has a value that is not allowed.', hint: 'Give an allowed value.' },
  KQL_NOT_CONSTANT: {
    summary: 'An argument must be known when the query is compiled.',
    hint: 'Use a literal or a let of a literal.',
  },
  KQL_MULTIPLE_RESULTS: {
    summary: 'The text holds more than one query.',
    hint: 'Keep one query; put shared parts into let statements.',
  },
  KQL_NO_QUERY: {
    summary: 'The text holds no query.',
    hint: 'Add a tabular expression after the let statements.',
  },
  KQL_TOO_LARGE: {
    summary: 'The compiled statement would be too large.',
    hint: 'Use fewer nested lets and functions, or split the query.',
  },
  KQL_TIMEOUT: { summary: 'The query took too long to compile.', hint: 'Simplify the query and try again.' },
  KQL_SERVICE: {
    summary: 'The compiler process stopped.',
    hint: 'Try again; if it happens again, report the query.',
  },
  KQL_INTERNAL: {
    summary: 'The compiler met a state that it should not reach.',
    hint: 'Report the query text.',
  },
  KQL_RENDER_IGNORED: {
    summary: 'render does not change the result.',
    hint: 'Choose the chart in the user interface.',
  },
  KQL_TABLE_MISSING: {
    summary: 'A table named in a fuzzy union does not exist and was left out.',
    hint: 'Connect the data source, or remove the table from the union.',
  },
  KQL_WARNING: { summary: 'The binder has a remark about the query.', hint: 'Check the marked place.' },
} as const;

export type KqlErrorCode = keyof typeof kqlErrors;

/** Where in the text; the end is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Stops the compilation of one query; turned into a Diagnostic at the edge of the compiler. */
export class KqlRefusal extends Error {
  readonly code: KqlErrorCode;
  readonly span: Span | undefined;
  readonly hint: string;

  constructor(code: KqlErrorCode, message: string, options: { span?: Span | undefined; hint?: string } = {}) {
    super(message);
    this.name = 'KqlRefusal';
    this.code = code;
    this.span = options.span;
    this.hint = options.hint ?? kqlErrors[code].hint;
  }
}

export interface DiagnosticInput {
  readonly code: KqlErrorCode;
  readonly severity?: Severity;
  readonly message: string;
  readonly hint?: string;
  readonly span?: Span | undefined;
  /** The query, to work out line and column. */
  readonly text: string;
}

/** A finding with offsets, line and column (one-based) worked out from the query text. */
export function diagnosticOf(input: DiagnosticInput): Diagnostic {
  const base = {
    code: input.code,
    severity: input.severity ?? ('error' as const),
    message: input.message,
    hint: input.hint ?? kqlErrors[input.code].hint,
  };
  if (!input.span) return base;
  const before = input.text.slice(0, input.span.start).split(/\r\n|\r|\n/);
  const column = (before.at(-1)?.length ?? 0) + 1;
  return { ...base, place: { start: input.span.start, end: input.span.end, line: before.length, column } };
}
