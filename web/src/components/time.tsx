import { formatRelative, formatTime } from '../lib/format.ts';
import { useNow } from '../lib/use-now.ts';

/** Relative time, with the absolute one in UTC as its title and in text for screen readers. */
export function Ago({ at, never = 'never' }: { readonly at: string | null; readonly never?: string }) {
  const nowMs = useNow();
  if (at === null) return <span className="muted">{never}</span>;
  const absolute = `${formatTime(at)} UTC`;
  return (
    <time dateTime={at} title={absolute}>
      {formatRelative(at, nowMs)}
      <span className="visually-hidden"> ({absolute})</span>
    </time>
  );
}

export function At({ at }: { readonly at: string }) {
  return <time dateTime={at}>{formatTime(at)}</time>;
}
