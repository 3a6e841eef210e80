import { useEffect, useRef } from 'react';
import { useFormContext } from 'react-hook-form';
import { Note } from '../../components/note.tsx';
import type { InputField } from '../../lib/api-types.ts';
import type { FormValues } from './form-model.ts';

const ownFields = [
  'name',
  'customStart',
  'resolve',
  'pollSeconds',
  'queryWindowMinutes',
  'delayMinutes',
  'overlapMinutes',
] as const;

/** After a failed submit: all messages with links to their fields; takes the focus. */
export function ErrorSummary({ fields }: { readonly fields: readonly InputField[] }) {
  const { formState } = useFormContext<FormValues>();
  const { errors, submitCount } = formState;
  const box = useRef<HTMLDivElement>(null);
  const items = [
    ...ownFields.map((name) => ({ id: `field-${name}`, message: errors[name]?.message })),
    ...fields.map((_, index) => ({ id: `field-${index}`, message: errors.fields?.[index]?.message })),
  ].filter((item) => item.message);
  const count = items.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new submit moves the focus, not each message that goes
  useEffect(() => {
    if (submitCount > 0 && count > 0) box.current?.focus();
  }, [submitCount]);
  if (submitCount === 0 || count === 0) return null;
  const go = (event: React.MouseEvent, id: string) => {
    event.preventDefault();
    document.getElementById(id)?.focus();
  };
  return (
    <div ref={box} tabIndex={-1}>
      <Note kind="bad" role="alert">
        <strong>Check {count === 1 ? 'one field' : `${count} fields`}</strong>
        <ul>
          {items.map((item) => (
            <li key={item.id}>
              <a href={`#${item.id}`} onClick={(event) => go(event, item.id)}>
                {item.message}
              </a>
            </li>
          ))}
        </ul>
      </Note>
    </div>
  );
}
