import type { Diagnostic, Place, Severity } from '../core/diagnostics.ts';
import type { SluiceError } from '../core/errors.ts';
import { type DefinitionErrorCode, definitionErrors } from './errors.ts';
import type { JsonNode } from './tree.ts';

type Where = JsonNode | { readonly file: string; readonly path?: string } | undefined;

/** Collects findings in the order in which they are met; equal findings once. */
export interface Report {
  readonly list: Diagnostic[];
  error(code: DefinitionErrorCode, message: string, where?: Where): void;
  warning(code: DefinitionErrorCode, message: string, where?: Where): void;
  info(code: DefinitionErrorCode, message: string, where?: Where): void;
  /** A typed error of another module, placed in this package. */
  raised(severity: Severity, error: SluiceError, where?: Where): void;
  /** A finding of another report. */
  copy(diagnostic: Diagnostic): void;
}

function placeOf(where: Where): Place | undefined {
  if (!where) return undefined;
  return { file: where.file, ...(where.path === undefined ? {} : { path: where.path }) };
}

export function createReport(): Report {
  const list: Diagnostic[] = [];
  const seen = new Set<string>();
  function push(diagnostic: Diagnostic): void {
    const key = JSON.stringify([diagnostic.code, diagnostic.message, diagnostic.place]);
    if (seen.has(key)) return;
    seen.add(key);
    list.push(diagnostic);
  }
  const add = (severity: Severity) => (code: DefinitionErrorCode, message: string, where?: Where) => {
    const place = placeOf(where);
    push({ code, severity, message, hint: definitionErrors[code].hint, ...(place ? { place } : {}) });
  };
  return {
    list,
    error: add('error'),
    warning: add('warning'),
    info: add('info'),
    copy: push,
    raised: (severity, error, where) => {
      const place = { ...placeOf(where), ...spanOf(error.place) };
      const hint = error.hint === undefined ? {} : { hint: error.hint };
      push({ code: error.code, severity, message: error.message, ...hint, place });
    },
  };
}

function spanOf(place: Place | undefined): Place {
  if (place?.start === undefined || place.end === undefined) return {};
  return { start: place.start, end: place.end };
}
