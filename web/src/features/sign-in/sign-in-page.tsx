import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { BrandMark } from '../../components/brand-mark.tsx';
import { SignInForm } from './sign-in-form.tsx';
import s from './sign-in-page.module.css';

/** `/login?next=`: where to go afterwards, a path of this site only. */
export function SignInPage() {
  const { next } = useSearch({ strict: false }) as { next?: string };
  const navigate = useNavigate();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = 'Sign in · Sluice';
  }, []);
  const target = next?.startsWith('/') && !next.startsWith('//') ? next : '/connectors';
  return (
    <main className={s.page}>
      <div className={s.box}>
        <div className="row">
          <BrandMark />
          <h1 ref={heading} tabIndex={-1}>
            Sign in to Sluice
          </h1>
        </div>
        <SignInForm onDone={() => void navigate({ href: target, replace: true })} />
        <p className="meta">
          The first password was printed in the terminal when the server started for the first time.
        </p>
      </div>
    </main>
  );
}
