import { CircleCheck, Info, OctagonX, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import s from './controls.module.css';

const kinds = {
  info: { Icon: Info, tint: '' },
  warn: { Icon: TriangleAlert, tint: s.noteWarn },
  bad: { Icon: OctagonX, tint: s.noteBad },
  ok: { Icon: CircleCheck, tint: s.noteOk },
} as const;

interface NoteProps {
  readonly kind?: keyof typeof kinds;
  readonly role?: 'status' | 'alert';
  readonly children: ReactNode;
}

/** A short message inside the page. */
export function Note({ kind = 'info', role, children }: NoteProps) {
  const { Icon, tint } = kinds[kind];
  return (
    <div className={`${s.note} ${tint}`} role={role}>
      <Icon size={16} aria-hidden="true" />
      <div className="grow wrap">{children}</div>
    </div>
  );
}

export function Empty({ children }: { readonly children: ReactNode }) {
  return <div className={s.empty}>{children}</div>;
}
