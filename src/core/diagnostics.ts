export type Severity = 'error' | 'warning' | 'info';

/** A place in a file (JSON path) or in a text (span, zero-based offsets, end exclusive). */
export interface Place {
  readonly file?: string;
  /** JSON path such as `$.properties.paging.pagingType`. */
  readonly path?: string;
  readonly start?: number;
  readonly end?: number;
  /** One-based. */
  readonly line?: number;
  readonly column?: number;
}

/** A finding about user input. Collected, never thrown one by one. */
export interface Diagnostic {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly hint?: string;
  readonly place?: Place;
}

/** True when any finding forbids going on. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((d) => d.severity === 'error');
}

/** `file:path` or `line:column`, for messages. */
export function formatPlace(place: Place | undefined): string {
  if (!place) return '';
  const where = place.line === undefined ? '' : `${place.line}:${place.column ?? 1}`;
  return [place.file, place.path, where].filter(Boolean).join(' ');
}
