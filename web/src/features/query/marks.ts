/** Places in the editor's text that carry a message. */
import type { Diagnostic } from '../../lib/api-types.ts';

export interface Mark {
  readonly from: number;
  readonly to: number;
  readonly severity: Diagnostic['severity'];
  readonly message: string;
}

/** Marks of diagnostics about a statement at `offset`; those without a span cover the whole statement. At least one character wide. */
export function marksFrom(diagnostics: readonly Diagnostic[], offset: number, length: number): Mark[] {
  return diagnostics.map((item) => {
    const from = Math.min(Math.max(0, item.place?.start ?? 0), Math.max(0, length - 1));
    const to = Math.min(Math.max(from + 1, item.place?.end ?? length), Math.max(length, from + 1));
    return {
      from: offset + from,
      to: offset + to,
      severity: item.severity,
      message: item.hint ? `${item.message} ${item.hint}` : item.message,
    };
  });
}
