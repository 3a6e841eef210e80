import { useState } from 'react';
import type { UseFormReturn } from 'react-hook-form';
import { useConnectionActions } from '../../components/use-connection-actions.tsx';
import { type ApiError, call, segment, toApiError } from '../../lib/api.ts';
import type { Connection, InputField, TestResult } from '../../lib/api-types.ts';
import { now } from '../../lib/clock.ts';
import { toast } from '../../lib/messages.ts';
import { useConnector } from './context.ts';
import { connectionInput, connectionPatch, type FormValues } from './form-model.ts';

interface Options {
  readonly form: UseFormReturn<FormValues>;
  readonly fields: readonly InputField[];
  readonly connection: Connection | undefined;
  readonly onClose: () => void;
}

/** Which saved secrets the user chose to replace. */
export interface SecretChoice {
  readonly replaced: ReadonlySet<string>;
  replace(name: string): void;
}

/** Puts the server's per-field messages on the fields; true when at least one found its place. */
function placeErrors(error: ApiError, { form, fields }: Options): boolean {
  let placed = false;
  for (const item of error.problem.errors ?? []) {
    const last = item.pointer.split('/').at(-1) ?? '';
    const index = fields.findIndex((field) => field.name === last);
    if (index >= 0) form.setError(`fields.${index}`, { message: item.message });
    else if (last === 'name') form.setError('name', { message: item.message });
    else continue;
    placed = true;
  }
  return placed;
}

/** Test, Connect and Save of the pane. Connect tests first unless the same values were tested; a failed test can be overruled. */
export function useConnectionForm(options: Options) {
  const { form, fields, connection, onClose } = options;
  const { definition } = useConnector();
  const { refresh } = useConnectionActions();
  const [result, setResult] = useState<TestResult>();
  const [testError, setTestError] = useState<ApiError>();
  const [failure, setFailure] = useState<ApiError>();
  const [testing, setTesting] = useState(false);
  const [tested, setTested] = useState('');
  const [replaced, setReplaced] = useState<ReadonlySet<string>>(new Set());
  const keptSecrets = new Set(
    fields
      .filter(
        (field) =>
          field.secret && connection?.parameters[field.name] !== undefined && !replaced.has(field.name),
      )
      .map((field) => field.name),
  );

  const inputOf = (values: FormValues) => connectionInput(definition.id, fields, values, now());
  const fingerprint = (values: FormValues) => JSON.stringify({ ...values, name: '' });

  const runTest = async (values: FormValues): Promise<boolean> => {
    setTesting(true);
    setTestError(undefined);
    setResult(undefined);
    try {
      const answer = connection
        ? await call<TestResult>('POST', `/connections/${segment(connection.id)}:test`, { body: {} })
        : await call<TestResult>('POST', '/connections:test', { body: inputOf(values) });
      setResult(answer);
      return answer.ok;
    } catch (error) {
      const failed = toApiError(error);
      if (!placeErrors(failed, options)) setTestError(failed);
      return false;
    } finally {
      setTested(fingerprint(values));
      setTesting(false);
    }
  };

  const save = async (values: FormValues) => {
    try {
      const saved = connection
        ? await call<Connection>('PATCH', `/connections/${segment(connection.id)}`, {
            body: connectionPatch(connection, fields, values, keptSecrets),
          })
        : await call<Connection>('POST', '/connections', { body: inputOf(values) });
      toast({
        kind: 'ok',
        text: connection
          ? `${saved.name} was saved. Its place in the source is kept.`
          : `${saved.name} connected. The first poll starts in a few seconds.`,
      });
      await refresh();
      onClose();
    } catch (error) {
      const failed = toApiError(error);
      if (!placeErrors(failed, options)) setFailure(failed);
    }
  };

  const onValid = async (values: FormValues) => {
    setFailure(undefined);
    if (!connection && tested !== fingerprint(values) && !(await runTest(values))) return;
    await save(values);
  };
  const failedNow =
    !connection &&
    tested !== '' &&
    tested === fingerprint(form.watch()) &&
    (testError !== undefined || result?.ok === false);
  const busyLabel = connection ? 'Saving…' : 'Connecting…';
  const idleLabel = connection ? 'Save' : failedNow ? 'Connect anyway' : 'Connect';
  return {
    result,
    testError,
    failure,
    testing,
    secrets: {
      replaced,
      replace: (name: string) => setReplaced(new Set([...replaced, name])),
    } satisfies SecretChoice,
    submitLabel: form.formState.isSubmitting ? busyLabel : idleLabel,
    submit: form.handleSubmit(onValid),
    test: () =>
      connection
        ? void runTest(form.getValues())
        : void form.handleSubmit(async (values) => void (await runTest(values)))(),
  };
}
