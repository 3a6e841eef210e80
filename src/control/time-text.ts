import { SluiceError } from '../core/errors.ts';

/** ISO 8601 UTC text of a time in milliseconds. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

export function isoTimeOrNull(ms: number | null | undefined): string | null {
  return ms === null || ms === undefined ? null : isoTime(ms);
}

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3600_000, d: 86_400_000, w: 604_800_000 };

/**
 * Start of collection: an ISO time, or a length back from now such as `30d`, `12h`, `90m`.
 * @returns milliseconds UTC, whole seconds
 * @throws SluiceError START_INVALID
 */
export function parseStart(text: string, nowMs: number): number {
  const length = text.match(/^(\d+)\s*([mhdw])$/);
  const ms = length ? nowMs - Number(length[1]) * unitMs[length[2]!]! : Date.parse(text);
  if (!Number.isFinite(ms) || ms > nowMs) {
    throw new SluiceError({
      code: 'START_INVALID',
      message: `\`${text}\` is not a time to start from`,
      hint: 'Give a length such as 30d or 12h, or a past time such as 2026-11-01T00:00:00Z.',
    });
  }
  return Math.floor(ms / 1000) * 1000;
}
