import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useId } from 'react';
import s from './controls.module.css';

/** What a control inside a Field must carry. */
export interface ControlProps {
  readonly id: string;
  readonly 'aria-invalid': true | undefined;
  readonly 'aria-describedby': string | undefined;
  readonly className: string;
}

interface FieldProps {
  readonly label: string;
  readonly optional?: boolean;
  readonly help?: ReactNode;
  readonly note?: string | undefined;
  readonly error?: string | undefined;
  /** Fixed id, when an error summary links to the field. */
  readonly id?: string;
  readonly children: (control: ControlProps) => ReactNode;
}

/** Label above, help and error below, tied to the control (ui.md §4.2). */
export function Field({ label, optional, help, note, error, id, children }: FieldProps) {
  const own = useId();
  const controlId = id ?? own;
  const ids = { help: `${controlId}-help`, note: `${controlId}-note`, error: `${controlId}-error` };
  const described = [help ? ids.help : '', note ? ids.note : '', error ? ids.error : '']
    .filter(Boolean)
    .join(' ');
  return (
    <div className={s.field}>
      <label className={s.label} htmlFor={controlId}>
        {label}
        {optional ? <span className={s.optional}> (optional)</span> : null}
      </label>
      {children({
        id: controlId,
        'aria-invalid': error ? true : undefined,
        'aria-describedby': described || undefined,
        className: s.input ?? '',
      })}
      {help ? (
        <div id={ids.help} className={s.help}>
          {help}
        </div>
      ) : null}
      <div id={ids.note} className={s.help} role="status" hidden={!note}>
        {note}
      </div>
      {error ? (
        <div id={ids.error} className={s.error}>
          <CircleAlert size={14} aria-hidden="true" />
          <span>Error: {error}</span>
        </div>
      ) : null}
    </div>
  );
}
