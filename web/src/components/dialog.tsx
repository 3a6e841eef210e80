import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { Button } from './button.tsx';
import s from './dialog.module.css';

interface DialogProps {
  readonly title: string;
  readonly subtitle?: string;
  readonly open: boolean;
  readonly onClose: () => void;
  /** `pane` opens at the right edge; `box` in the middle. */
  readonly shape?: 'box' | 'pane';
  readonly role?: 'dialog' | 'alertdialog';
  /** Without the close button and Escape: it must be answered. */
  readonly forced?: boolean;
  readonly testId?: string;
  readonly children: ReactNode;
}

/** Modal dialog: traps the focus, closes on Escape, gives the focus back. */
export function Dialog({
  title,
  subtitle,
  open,
  onClose,
  shape = 'box',
  role = 'dialog',
  forced = false,
  testId,
  children,
}: DialogProps) {
  const pane = shape === 'pane';
  return (
    <ModalOverlay
      className={`${s.overlay} ${pane ? s.overlayPane : ''}`}
      isOpen={open}
      onOpenChange={(next) => (next || forced ? undefined : onClose())}
      isDismissable={!forced && !pane}
      isKeyboardDismissDisabled={forced}
    >
      <Modal className={pane ? (s.pane ?? '') : (s.box ?? '')}>
        <AriaDialog role={role} className={s.dialog ?? ''} data-testid={testId}>
          <header className={s.head}>
            <div className="grow">
              <Heading slot="title" level={2} className={s.title ?? ''}>
                {title}
              </Heading>
              {subtitle ? <p className="muted">{subtitle}</p> : null}
            </div>
            {forced ? null : (
              <Button
                look="quiet"
                iconOnly
                aria-label="Close"
                icon={<X size={16} aria-hidden="true" />}
                onClick={onClose}
              />
            )}
          </header>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

export const DialogBody = ({ children }: { readonly children: ReactNode }) => (
  <div className={s.body}>{children}</div>
);
export const DialogFoot = ({ children }: { readonly children: ReactNode }) => (
  <footer className={s.foot}>{children}</footer>
);
