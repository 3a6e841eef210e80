import { useEffect, useState } from 'react';
import { useForm } from 'react-hook-form';
import { Button } from '../../components/button.tsx';
import { Field } from '../../components/field.tsx';
import { Note } from '../../components/note.tsx';
import { type ApiError, toApiError } from '../../lib/api.ts';
import { signIn } from '../../lib/session.ts';

interface Values {
  readonly name: string;
  readonly password: string;
}

function failureText(error: ApiError): string {
  if (error.status === 401) return 'The name or the password is wrong.';
  return [error.problem.detail, error.problem.hint].filter(Boolean).join(' ');
}

/** Name and password; used by the page and by the dialog after a session has ended. */
export function SignInForm({ name, onDone }: { readonly name?: string; readonly onDone: () => void }) {
  const [failure, setFailure] = useState('');
  const [shown, setShown] = useState(false);
  const { register, handleSubmit, formState, setFocus } = useForm<Values>({
    defaultValues: { name: name ?? '', password: '' },
  });
  useEffect(() => setFocus(name ? 'password' : 'name'), [name, setFocus]);
  const submit = handleSubmit(async (values) => {
    setFailure('');
    try {
      await signIn(values.name, values.password);
      onDone();
    } catch (error) {
      setFailure(failureText(toApiError(error)));
      setFocus('password');
    }
  });
  const { errors, isSubmitting } = formState;
  return (
    <form className="stack" onSubmit={submit} noValidate>
      {failure ? (
        <Note kind="bad" role="alert">
          {failure}
        </Note>
      ) : null}
      <Field label="Name" error={errors.name?.message}>
        {(control) => (
          <input
            {...control}
            {...register('name', { required: 'Enter your name.' })}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
          />
        )}
      </Field>
      <Field label="Password" error={errors.password?.message}>
        {(control) => (
          <input
            {...control}
            {...register('password', { required: 'Enter your password.' })}
            type={shown ? 'text' : 'password'}
            autoComplete="current-password"
          />
        )}
      </Field>
      <label className="row">
        <input type="checkbox" checked={shown} onChange={(event) => setShown(event.target.checked)} /> Show
        password
      </label>
      <Button look="primary" type="submit" busy={isSubmitting}>
        {isSubmitting ? 'Signing in…' : 'Sign in'}
      </Button>
    </form>
  );
}
