import type { Diagnostic } from '../core/diagnostics.ts';
import { SluiceError } from '../core/errors.ts';

/** Throws the first finding that forbids going on, with its code, hint and place. */
export function refuseErrors(diagnostics: readonly Diagnostic[]): void {
  const blocking = diagnostics.find((d) => d.severity === 'error');
  if (!blocking) return;
  throw new SluiceError({
    code: blocking.code,
    message: blocking.message,
    hint: blocking.hint ?? 'See `sluice connector check` for all findings.',
    ...(blocking.place ? { place: blocking.place } : {}),
  });
}
