import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import s from './disclosure.module.css';

interface DisclosureProps {
  readonly title: string;
  /** Current values, so that a closed section still tells them. */
  readonly summary?: string;
  readonly open?: boolean;
  readonly children: ReactNode;
}

export function Disclosure({ title, summary, open, children }: DisclosureProps) {
  return (
    <details className={s.details} open={open}>
      <summary className={s.summary}>
        <ChevronRight size={16} aria-hidden="true" className={s.chevron} />
        <span>{title}</span>
        {summary ? <span className="meta grow">{summary}</span> : null}
      </summary>
      <div className={s.body}>{children}</div>
    </details>
  );
}
