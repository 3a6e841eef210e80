import { useState } from 'react';
import { useFormContext } from 'react-hook-form';
import { Button } from '../../components/button.tsx';
import controls from '../../components/controls.module.css';
import { type ControlProps, Field } from '../../components/field.tsx';
import { Ago } from '../../components/time.tsx';
import type { Connection, InputField } from '../../lib/api-types.ts';
import s from './connector.module.css';
import { useConnector } from './context.ts';
import { type FieldValue, type FormValues, fieldError, tidyValue, wantsBareHost } from './form-model.ts';
import type { SecretChoice } from './use-connection-form.ts';

interface InputControlProps {
  readonly field: InputField;
  /** Place in the form's `fields`. */
  readonly index: number;
  readonly saved: Connection['parameters'][string] | undefined;
  readonly keep: SecretChoice;
}

/** One input of a definition. A saved secret shows that it is set, and is asked again only after Replace. */
export function InputControl({ field, index, saved, keep }: InputControlProps) {
  const { formState } = useFormContext<FormValues>();
  const [note, setNote] = useState<string>();
  const [shown, setShown] = useState(!field.masked);
  const error = formState.errors.fields?.[index]?.message;
  const isSavedSecret = typeof saved === 'object' && !Array.isArray(saved) && !keep.replaced.has(field.name);
  if (isSavedSecret && typeof saved === 'object' && !Array.isArray(saved)) {
    return (
      <div className={controls.field}>
        <span className={controls.label}>{field.label}</span>
        <div className={s.secret}>
          <span className="grow">
            Saved{saved.last4 ? ` · ends in ${saved.last4}` : ''} · updated <Ago at={saved.updatedAt} />
          </span>
          <Button small aria-label={`Replace ${field.label}`} onClick={() => keep.replace(field.name)}>
            Replace
          </Button>
        </div>
      </div>
    );
  }
  const help = field.description && field.description !== field.label ? field.description : undefined;
  return (
    <Field
      id={`field-${index}`}
      label={field.label}
      optional={!field.required}
      help={help}
      note={note}
      error={error}
    >
      {(control) => (
        <div className={controls.withButton}>
          <Widget control={control} field={field} index={index} shown={shown} onNote={setNote} />
          {field.masked ? (
            <Button aria-label={`${shown ? 'Hide' : 'Show'} ${field.label}`} onClick={() => setShown(!shown)}>
              {shown ? 'Hide' : 'Show'}
            </Button>
          ) : null}
        </div>
      )}
    </Field>
  );
}

const htmlTypes: Partial<Record<InputField['kind'], string>> = { email: 'email', url: 'url' };

interface WidgetProps {
  readonly control: ControlProps;
  readonly field: InputField;
  readonly index: number;
  readonly shown: boolean;
  readonly onNote: (note: string | undefined) => void;
}

function Widget({ control, field, index, shown, onNote }: WidgetProps) {
  const { definition } = useConnector();
  const { register, setValue } = useFormContext<FormValues>();
  const validate = (value: FieldValue) => fieldError(field, value) ?? true;
  const bareHost = wantsBareHost(definition, field.name);
  const tidy = (event: React.FocusEvent<HTMLInputElement>) => {
    const tidied = tidyValue(event.target.value, field, bareHost);
    if (tidied.value !== event.target.value)
      setValue(`fields.${index}`, tidied.value, { shouldDirty: true, shouldValidate: true });
    onNote(tidied.note);
  };
  if (field.options && field.kind === 'multiselect') {
    return (
      <fieldset className={s.checks} id={control.id} aria-describedby={control['aria-describedby']}>
        <legend className="visually-hidden">{field.label}</legend>
        {field.options.map((option) => (
          <label key={option.key}>
            <input type="checkbox" value={option.key} {...register(`fields.${index}`, { validate })} />{' '}
            {option.text}
          </label>
        ))}
      </fieldset>
    );
  }
  if (field.options) {
    return (
      <select {...control} {...register(`fields.${index}`, { validate })}>
        <option value="">{field.placeholder || 'Choose…'}</option>
        {field.options.map((option) => (
          <option key={option.key} value={option.key}>
            {option.text}
          </option>
        ))}
      </select>
    );
  }
  const registered = register(`fields.${index}`, { validate });
  return (
    <input
      {...control}
      {...registered}
      type={shown ? (htmlTypes[field.kind] ?? 'text') : 'password'}
      inputMode={field.kind === 'number' ? 'decimal' : undefined}
      placeholder={field.placeholder}
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      onBlur={(event) => {
        tidy(event);
        void registered.onBlur(event);
      }}
    />
  );
}
