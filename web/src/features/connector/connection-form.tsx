import { useEffect, useMemo, useRef, useState } from 'react';
import { FormProvider, useForm } from 'react-hook-form';
import { Button } from '../../components/button.tsx';
import { DialogBody, DialogFoot } from '../../components/dialog.tsx';
import { Field } from '../../components/field.tsx';
import { ErrorState } from '../../components/region.tsx';
import type { Connection, Instruction } from '../../lib/api-types.ts';
import { now } from '../../lib/clock.ts';
import { AdvancedOptions } from './advanced-options.tsx';
import s from './connector.module.css';
import { useConnector } from './context.ts';
import { ErrorSummary } from './error-summary.tsx';
import {
  type FormValues,
  initialValues,
  nameError,
  paneFields,
  startChoices,
  startError,
  suggestName,
} from './form-model.ts';
import { InputControl } from './input-control.tsx';
import { PaneNotes } from './pane-notes.tsx';
import { TestPanel } from './test-panel.tsx';
import { useConnectionForm } from './use-connection-form.ts';

interface ConnectionFormProps {
  /** The ContextPane of the definition that opened the form. */
  readonly source: Instruction | undefined;
  readonly connection?: Connection;
  readonly takenNames: readonly string[];
  readonly onClose: () => void;
}

/** Fields of the definition in its order, then ours, the rare ones closed. */
export function ConnectionForm({ source, connection, takenNames, onClose }: ConnectionFormProps) {
  const { definition } = useConnector();
  const { main, advanced } = useMemo(() => paneFields(definition.inputs, source), [definition, source]);
  const fields = useMemo(() => [...main, ...advanced], [main, advanced]);
  const form = useForm<FormValues>({
    defaultValues: initialValues(fields, suggestName(definition.title, takenNames), connection),
    mode: 'onTouched',
    shouldFocusError: false,
  });
  const state = useConnectionForm({ form, fields, connection, onClose });
  const { register, watch, formState } = form;
  const start = watch('start');
  const first = useRef<HTMLDivElement>(null);
  useEffect(() => {
    first.current?.querySelector<HTMLElement>('input, select, textarea')?.focus();
  }, []);
  const [opened] = useState(() =>
    advanced.some((field) => field.required && !field.defaultValue && !connection),
  );
  return (
    <FormProvider {...form}>
      <form className={s.paneForm} onSubmit={state.submit} noValidate data-testid="pane.form">
        <DialogBody>
          <div className="stack" ref={first}>
            <ErrorSummary fields={fields} />
            {state.failure ? (
              <ErrorState
                error={state.failure}
                what={connection ? 'Could not save.' : 'Could not connect.'}
              />
            ) : null}
            <PaneNotes source={source} />
            <Field
              id="field-name"
              label="Connection name"
              help="Used in the list of connections, in health messages and in the archive."
              error={formState.errors.name?.message}
            >
              {(control) => (
                <input
                  {...control}
                  {...register('name', { validate: (name) => nameError(name.trim(), takenNames) ?? true })}
                  autoComplete="off"
                  spellCheck={false}
                />
              )}
            </Field>
            {main.map((field, index) => (
              <InputControl
                key={field.name}
                field={field}
                index={index}
                saved={connection?.parameters[field.name]}
                keep={state.secrets}
              />
            ))}
            {connection ? null : (
              <div className={s.two}>
                <Field label="Start from" help="Where the first collection begins.">
                  {(control) => (
                    <select {...control} {...register('start')}>
                      {startChoices.map((choice) => (
                        <option key={choice.value} value={choice.value}>
                          {choice.label}
                        </option>
                      ))}
                    </select>
                  )}
                </Field>
                {start === 'custom' ? (
                  <Field
                    id="field-customStart"
                    label="Start time"
                    help="UTC time, or a length such as 12h."
                    error={formState.errors.customStart?.message}
                  >
                    {(control) => (
                      <input
                        {...control}
                        {...register('customStart', {
                          validate: (value, all) => startError(all.start, value, now()) ?? true,
                        })}
                        placeholder="2026-11-20 08:00"
                      />
                    )}
                  </Field>
                ) : null}
              </div>
            )}
            <AdvancedOptions open={opened}>
              {advanced.map((field, index) => (
                <InputControl
                  key={field.name}
                  field={field}
                  index={main.length + index}
                  saved={connection?.parameters[field.name]}
                  keep={state.secrets}
                />
              ))}
            </AdvancedOptions>
            <TestPanel
              result={state.result}
              error={state.testError}
              busy={state.testing}
              stored={connection !== undefined}
            />
          </div>
        </DialogBody>
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button busy={state.testing || formState.isSubmitting} onClick={state.test}>
            {state.testing ? 'Testing…' : connection ? 'Test saved connection' : 'Test connection'}
          </Button>
          <Button
            look="primary"
            type="submit"
            busy={formState.isSubmitting || state.testing}
            data-testid="pane.connect"
          >
            {state.submitLabel}
          </Button>
        </DialogFoot>
      </form>
    </FormProvider>
  );
}
