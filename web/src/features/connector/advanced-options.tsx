import type { ReactNode } from 'react';
import { useFormContext } from 'react-hook-form';
import { Disclosure } from '../../components/disclosure.tsx';
import { Field } from '../../components/field.tsx';
import s from './connector.module.css';
import { type FormValues, numberError, optionsOf, parseResolve } from './form-model.ts';

const numbers = [
  { name: 'pollSeconds', label: 'Poll interval, seconds', least: 1 },
  { name: 'queryWindowMinutes', label: 'Query window, minutes', least: 1 },
  { name: 'delayMinutes', label: 'Delay for late events, minutes', least: 0 },
  { name: 'overlapMinutes', label: 'Overlap of windows, minutes', least: 0 },
] as const;

/** Ours, rarely needed: certificates, addresses, proxy, windows. */
export function AdvancedOptions({
  open,
  children,
}: {
  readonly open: boolean;
  readonly children: ReactNode;
}) {
  const { register, formState, watch } = useFormContext<FormValues>();
  const { errors } = formState;
  const set = Object.keys(optionsOf(watch())).length;
  return (
    <Disclosure
      title="Advanced"
      summary={set === 0 ? 'certificates, addresses, proxy, windows' : `${set} set`}
      open={open}
    >
      <div className="stack">
        {children}
        <Field label="CA file" optional help="PEM file on the server with extra certificate authorities.">
          {(control) => (
            <input
              {...control}
              {...register('caFile')}
              placeholder="/etc/ssl/company-ca.pem"
              spellCheck={false}
              autoComplete="off"
            />
          )}
        </Field>
        <Field
          id="field-resolve"
          label="Resolve"
          optional
          help="host=address, one a line; the address may carry a port."
          error={errors.resolve?.message}
        >
          {(control) => (
            <textarea
              {...control}
              {...register('resolve', { validate: (text) => parseResolve(text).error ?? true })}
              rows={2}
              placeholder="acme.example.com=127.0.0.1:8443"
              spellCheck={false}
            />
          )}
        </Field>
        <Field label="Proxy" optional help="HTTP proxy for this connection.">
          {(control) => (
            <input
              {...control}
              {...register('proxy')}
              placeholder="http://proxy.example.com:3128"
              spellCheck={false}
              autoComplete="off"
            />
          )}
        </Field>
        <div className={s.two}>
          {numbers.map(({ name, label, least }) => (
            <Field key={name} id={`field-${name}`} label={label} optional error={errors[name]?.message}>
              {(control) => (
                <input
                  {...control}
                  {...register(name, { validate: (text) => numberError(text, least) ?? true })}
                  inputMode="decimal"
                  placeholder="from the definition"
                />
              )}
            </Field>
          ))}
        </div>
      </div>
    </Disclosure>
  );
}
