import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useEffect, useRef } from 'react';
import s from './page.module.css';

export interface Crumb {
  readonly label: string;
  readonly to: string;
}

interface PageProps {
  readonly title: string;
  /** Name of the section in the document title. */
  readonly section?: string;
  readonly crumbs?: readonly Crumb[];
  readonly actions?: ReactNode;
  /** Beside the heading, such as a status. */
  readonly aside?: ReactNode;
  readonly wide?: boolean;
  readonly children: ReactNode;
}

let firstPage = true;

/** Page header with the only h1; takes the focus after a change of route, and sets the document's title. */
export function Page({ title, section, crumbs = [], actions, aside, wide = false, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = [title, section, 'Sluice'].filter(Boolean).join(' · ');
  }, [title, section]);
  useEffect(() => {
    if (!firstPage) heading.current?.focus({ preventScroll: true });
    firstPage = false;
  }, []);
  return (
    <div className={wide ? s.wide : s.page}>
      {crumbs.length > 0 ? (
        <nav aria-label="Breadcrumb" className={s.crumbs}>
          <ol>
            {crumbs.map((crumb) => (
              <li key={crumb.to}>
                <Link to={crumb.to}>{crumb.label}</Link>
              </li>
            ))}
            <li aria-current="page">{title}</li>
          </ol>
        </nav>
      ) : null}
      <div className={s.head}>
        <div className="row">
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {aside}
        </div>
        {actions ? <div className="row">{actions}</div> : null}
      </div>
      {children}
    </div>
  );
}
