import type { ReactNode } from 'react';
import { useState } from 'react';
import { toApiError } from '../lib/api.ts';
import { Button } from './button.tsx';
import { Dialog, DialogBody, DialogFoot } from './dialog.tsx';
import { ErrorState } from './region.tsx';

interface ConfirmProps {
  readonly title: string;
  readonly open: boolean;
  /** Verb with the object, such as `Delete acme`. */
  readonly action: string;
  readonly onConfirm: () => Promise<unknown>;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Asks before something is destroyed; Cancel has the focus. */
export function Confirm({ title, open, action, onConfirm, onClose, children }: ConfirmProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const close = () => {
    setError(undefined);
    onClose();
  };
  const confirm = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await onConfirm();
      onClose();
    } catch (thrown) {
      setError(toApiError(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} open={open} onClose={close} role="alertdialog">
      <DialogBody>
        <div className="stack-s">
          {children}
          {error ? <ErrorState error={error} what="That did not work." /> : null}
        </div>
      </DialogBody>
      <DialogFoot>
        <Button autoFocus onClick={close}>
          Cancel
        </Button>
        <Button look="danger" busy={busy} onClick={confirm}>
          {action}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
