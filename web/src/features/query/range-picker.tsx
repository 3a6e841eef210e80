import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import controls from '../../components/controls.module.css';
import { now } from '../../lib/clock.ts';
import {
  isQuickRange,
  quickRanges,
  rangeLabel,
  resolveRange,
  setInQuery,
  type TimeRange,
} from '../../lib/time-range.ts';
import s from './query.module.css';

interface RangePickerProps {
  readonly range: TimeRange;
  /** True when the query itself filters by time: the picker is not applied. */
  readonly overruled: boolean;
  readonly onChange: (range: TimeRange) => void;
}

/** Quick ranges, a range of one's own, or "set in query". */
export function RangePicker({ range, overruled, onChange }: RangePickerProps) {
  const [custom, setCustom] = useState(false);
  const [draft, setDraft] = useState({ from: range.from, to: range.to ?? '' });
  const [error, setError] = useState('');
  const known = range.from === setInQuery || isQuickRange(range);
  const value = custom ? 'custom' : overruled ? setInQuery : known ? range.from : 'own';
  const choose = (next: string) => {
    setCustom(next === 'custom');
    if (next === 'custom')
      setDraft({ from: range.from === setInQuery ? '-24h' : range.from, to: range.to ?? '' });
    else if (next !== 'own') onChange({ from: next });
  };
  const apply = () => {
    const next: TimeRange = { from: draft.from.trim(), ...(draft.to.trim() ? { to: draft.to.trim() } : {}) };
    try {
      resolveRange(next, now());
      setError('');
      setCustom(false);
      onChange(next);
    } catch (thrown) {
      setError(thrown instanceof Error ? thrown.message : String(thrown));
    }
  };
  return (
    <div className="row">
      <select
        className={`${controls.input} ${s.auto}`}
        aria-label="Time range"
        value={value}
        disabled={overruled && !custom}
        onChange={(event) => choose(event.target.value)}
      >
        {quickRanges.map((quick) => (
          <option key={quick.value} value={quick.value}>
            {quick.label}
          </option>
        ))}
        {known ? null : <option value="own">{rangeLabel(range)}</option>}
        <option value="custom">Custom…</option>
        <option value={setInQuery}>Set in query</option>
      </select>
      {custom ? (
        <>
          <input
            className={`${controls.input} ${s.time}`}
            aria-label="From, UTC"
            placeholder="2026-11-20 08:00 or -24h"
            value={draft.from}
            onChange={(event) => setDraft({ ...draft, from: event.target.value })}
          />
          <input
            className={`${controls.input} ${s.time}`}
            aria-label="To, UTC"
            placeholder="now"
            value={draft.to}
            onChange={(event) => setDraft({ ...draft, to: event.target.value })}
          />
          <Button onClick={apply}>Apply</Button>
        </>
      ) : null}
      {error ? (
        <span role="alert" className={s.rangeError}>
          {error}
        </span>
      ) : null}
    </div>
  );
}
