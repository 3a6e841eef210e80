import { X } from 'lucide-react';
import { Button } from '../components/button.tsx';
import { Note } from '../components/note.tsx';
import { dismissToast, useMessages } from '../lib/messages.ts';
import s from './frame.module.css';

/** Toasts, and the two live regions of the page. */
export function LiveRegions() {
  const { toasts, spoken } = useMessages();
  return (
    <>
      <div role="status" className="visually-hidden">
        {spoken}
      </div>
      <section className={s.toasts} aria-label="Messages">
        {toasts.map((item) => (
          <div key={item.id} className={s.toast}>
            <Note kind={item.kind} role={item.kind === 'ok' ? 'status' : 'alert'}>
              <div className={s.toastRow}>
                <span className="grow">{item.text}</span>
                <Button
                  look="quiet"
                  small
                  iconOnly
                  aria-label="Dismiss"
                  icon={<X size={14} aria-hidden="true" />}
                  onClick={() => dismissToast(item.id)}
                />
              </div>
            </Note>
          </div>
        ))}
      </section>
    </>
  );
}
