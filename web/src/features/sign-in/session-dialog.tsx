import { Dialog, DialogBody } from '../../components/dialog.tsx';
import { useSession } from '../../lib/session.ts';
import { SignInForm } from './sign-in-form.tsx';

/** Over the page when the session has ended; what was typed underneath stays. */
export function SessionDialog({ onDone }: { readonly onDone: () => void }) {
  const { phase, session } = useSession();
  return (
    <Dialog
      title="Sign in again"
      subtitle="Your session has ended. Nothing on the page is lost."
      open={phase === 'expired'}
      onClose={() => undefined}
      forced
    >
      <DialogBody>
        <SignInForm name={session?.user.name} onDone={onDone} />
      </DialogBody>
    </Dialog>
  );
}
