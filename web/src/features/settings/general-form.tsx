import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { Button } from '../../components/button.tsx';
import { Field } from '../../components/field.tsx';
import { ErrorState } from '../../components/region.tsx';
import { call } from '../../lib/api.ts';
import type { Settings } from '../../lib/api-types.ts';
import { toast } from '../../lib/messages.ts';
import { settingsQuery } from '../../lib/queries.ts';

const GIB = 1024 ** 3;

interface Values {
  readonly retentionDays: string;
  readonly webhookUrl: string;
  readonly watermarkGiB: string;
}

const wholeDays = (text: string) =>
  Number.isInteger(Number(text)) && Number(text) >= 1 && Number(text) <= 3650
    ? true
    : 'Enter a whole number from 1 to 3650.';
const webAddress = (text: string) =>
  text.trim() === '' || /^https?:\/\/\S+$/.test(text.trim())
    ? true
    : 'Enter an address that begins with https:// or http://.';
const notNegative = (text: string) =>
  text.trim() !== '' && Number(text) >= 0 ? true : 'Enter a number from 0.';

export function GeneralForm({ settings }: { readonly settings: Settings }) {
  const client = useQueryClient();
  const [failure, setFailure] = useState<unknown>();
  const { register, handleSubmit, formState } = useForm<Values>({
    mode: 'onTouched',
    defaultValues: {
      retentionDays: String(settings.retentionDays),
      webhookUrl: settings.webhookUrl ?? '',
      watermarkGiB: String(Number((settings.diskWatermarkBytes / GIB).toFixed(3))),
    },
  });
  const { errors, isSubmitting } = formState;
  const save = handleSubmit(async (values) => {
    setFailure(undefined);
    try {
      const body = {
        retentionDays: Number(values.retentionDays),
        webhookUrl: values.webhookUrl.trim() || null,
        diskWatermarkBytes: Math.round(Number(values.watermarkGiB) * GIB),
      };
      client.setQueryData(settingsQuery.queryKey, await call<Settings>('PATCH', '/settings', { body }));
      toast({ kind: 'ok', text: 'Settings saved.' });
    } catch (error) {
      setFailure(error);
    }
  });
  return (
    <form className="stack" onSubmit={save} noValidate>
      {failure ? <ErrorState error={failure} what="Could not save." /> : null}
      <Field
        label="Retention, days"
        help="For tables that have no retention of their own."
        error={errors.retentionDays?.message}
      >
        {(control) => (
          <input {...control} {...register('retentionDays', { validate: wholeDays })} inputMode="numeric" />
        )}
      </Field>
      <Field
        label="Webhook address"
        optional
        help="Gets health events as JSON: a connection fails, recovers, or falls behind."
        error={errors.webhookUrl?.message}
      >
        {(control) => (
          <input
            {...control}
            {...register('webhookUrl', { validate: webAddress })}
            type="url"
            placeholder="https://hooks.example.com/sluice"
            autoComplete="off"
          />
        )}
      </Field>
      <Field
        label="Stop collecting below, GiB free"
        help="Collection pauses while the disk has less free space, and goes on by itself."
        error={errors.watermarkGiB?.message}
      >
        {(control) => (
          <input {...control} {...register('watermarkGiB', { validate: notNegative })} inputMode="decimal" />
        )}
      </Field>
      <div className="row">
        <Button look="primary" type="submit" busy={isSubmitting}>
          {isSubmitting ? 'Saving…' : 'Save'}
        </Button>
      </div>
    </form>
  );
}
