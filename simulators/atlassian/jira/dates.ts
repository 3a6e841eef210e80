import type { Settings } from '../settings.ts';

/** A window bound in ms, or what the vendor does instead of filtering. */
export type DateVerdict = { readonly ms: number } | 'empty' | 'error400';

const zoned = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:?\d{2})$/;
const naive = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?$/;
const plusLost = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))? (\d{2}):?(\d{2})$/;
const dateOnly = /^\d{4}-\d{2}-\d{2}$/;

/** Milliseconds; finer digits are cut off. */
function instant(seconds: string, fraction: string | undefined, zone: string): DateVerdict | undefined {
  const offset = zone === 'Z' || zone.includes(':') ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`;
  const ms = Date.parse(`${seconds}.${(fraction ?? '').padEnd(3, '0').slice(0, 3)}${offset}`);
  return Number.isNaN(ms) ? undefined : { ms };
}

const choose = (mode: string, gateway: boolean, onSite: DateVerdict, accepted: DateVerdict): DateVerdict => {
  if (mode === 'accept') return accepted;
  if (mode === 'empty') return 'empty';
  if (mode === 'error400') return 'error400';
  return gateway ? 'empty' : onSite;
};

/** What `from` and `to` accept: zoned ISO texts and plain dates; zone-less ones depend on the host. */
export function parseJiraDate(text: string, gateway: boolean, settings: Settings['jira']): DateVerdict {
  const malformed = settings.malformedDates;
  if (dateOnly.test(text)) return instant(`${text}T00:00:00`, undefined, 'Z') ?? malformed;
  const full = zoned.exec(text);
  if (full) return instant(full[1] ?? '', full[2], full[3] ?? 'Z') ?? malformed;
  const local = naive.exec(text);
  if (local) {
    const utc = instant(local[1] ?? '', local[2], 'Z') ?? malformed;
    return choose(settings.naiveDates, gateway, utc, utc);
  }
  const lost = plusLost.exec(text);
  if (lost) {
    const utc = instant(lost[1] ?? '', lost[2], `+${lost[3]}:${lost[4]}`) ?? malformed;
    return choose(settings.plusAsSpace, gateway, 'error400', utc);
  }
  return malformed;
}
