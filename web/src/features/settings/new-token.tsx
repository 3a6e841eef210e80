import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { Button } from '../../components/button.tsx';
import controls from '../../components/controls.module.css';
import { CopyButton } from '../../components/copy-button.tsx';
import { Dialog, DialogBody, DialogFoot } from '../../components/dialog.tsx';
import { Field } from '../../components/field.tsx';
import { Note } from '../../components/note.tsx';
import { ErrorState } from '../../components/region.tsx';
import { call } from '../../lib/api.ts';
import type { Role, Token } from '../../lib/api-types.ts';

interface Values {
  readonly name: string;
  readonly role: Role;
  readonly days: string;
}

interface NewTokenProps {
  readonly onClose: () => void;
  readonly onCreated: () => unknown;
}

/** Makes a token and shows its text once. */
export function NewToken({ onClose, onCreated }: NewTokenProps) {
  const [made, setMade] = useState<Token>();
  const [failure, setFailure] = useState<unknown>();
  const { register, handleSubmit, formState } = useForm<Values>({
    defaultValues: { name: '', role: 'viewer', days: '90' },
  });
  const create = handleSubmit(async (values) => {
    setFailure(undefined);
    try {
      const body = {
        name: values.name.trim(),
        role: values.role,
        ...(values.days === '' ? {} : { expiresInDays: Number(values.days) }),
      };
      setMade(await call<Token>('POST', '/tokens', { body }));
      await onCreated();
    } catch (error) {
      setFailure(error);
    }
  });
  if (made) {
    return (
      <Dialog title="Token made" open onClose={onClose}>
        <DialogBody>
          <div className="stack">
            <Note kind="warn">Copy the token now. It is not shown again.</Note>
            <Field label={`Token ${made.name}`}>
              {(control) => (
                <div className={controls.withButton}>
                  <input
                    {...control}
                    className={`${control.className} mono`}
                    readOnly
                    value={made.token ?? ''}
                    onFocus={(event) => event.target.select()}
                  />
                  <CopyButton text={made.token ?? ''} label="Copy token" />
                </div>
              )}
            </Field>
          </div>
        </DialogBody>
        <DialogFoot>
          <Button look="primary" onClick={onClose}>
            Done
          </Button>
        </DialogFoot>
      </Dialog>
    );
  }
  return (
    <Dialog title="New token" open onClose={onClose}>
      <form onSubmit={create} noValidate>
        <DialogBody>
          <div className="stack">
            {failure ? <ErrorState error={failure} what="Could not make the token." /> : null}
            <Field
              label="Name"
              help="Where it is used, such as ci or backup script."
              error={formState.errors.name?.message}
            >
              {(control) => (
                <input
                  {...control}
                  {...register('name', { validate: (name) => name.trim() !== '' || 'Enter Name.' })}
                  autoComplete="off"
                />
              )}
            </Field>
            <Field label="Role">
              {(control) => (
                <select {...control} {...register('role')}>
                  <option value="viewer">Viewer: read and query</option>
                  <option value="editor">Editor: also connections and connectors</option>
                  <option value="admin">Admin: everything</option>
                </select>
              )}
            </Field>
            <Field label="Expires">
              {(control) => (
                <select {...control} {...register('days')}>
                  <option value="30">In 30 days</option>
                  <option value="90">In 90 days</option>
                  <option value="365">In a year</option>
                  <option value="">Never</option>
                </select>
              )}
            </Field>
          </div>
        </DialogBody>
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" busy={formState.isSubmitting}>
            Create token
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
