import { useQueryClient } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { SessionDialog } from '../features/sign-in/session-dialog.tsx';
import { useLive } from '../lib/live.ts';
import { useSession } from '../lib/session.ts';
import s from './frame.module.css';
import { LiveRegions } from './live-regions.tsx';
import { Navigation } from './navigation.tsx';
import { OfflineBar } from './offline-bar.tsx';
import { TopBar } from './top-bar.tsx';

const focusMain = (event: React.MouseEvent) => {
  event.preventDefault();
  document.getElementById('content')?.focus();
};

/** Top bar, navigation, main region and what lies over them. */
export function Frame() {
  const client = useQueryClient();
  const { phase } = useSession();
  const [navOpen, setNavOpen] = useState(false);
  useLive(client, phase === 'in');
  useEffect(() => {
    const close = (event: KeyboardEvent) => event.key === 'Escape' && setNavOpen(false);
    document.addEventListener('keydown', close);
    return () => document.removeEventListener('keydown', close);
  }, []);
  return (
    <>
      {/* biome-ignore lint/a11y/useValidAnchor: without the handler the fragment would become a route */}
      <a className={s.skip} href="#content" onClick={focusMain}>
        Skip to content
      </a>
      <TopBar navOpen={navOpen} onToggleNav={() => setNavOpen(!navOpen)} />
      <div className={s.columns}>
        <nav id="main-nav" aria-label="Main" className={s.nav} data-open={navOpen || undefined}>
          <Navigation onNavigate={() => setNavOpen(false)} />
        </nav>
        {navOpen ? <div className={s.scrim} onClick={() => setNavOpen(false)} aria-hidden="true" /> : null}
        <main id="content" tabIndex={-1} className={s.main}>
          <OfflineBar />
          <Outlet />
        </main>
      </div>
      <SessionDialog onDone={() => void client.invalidateQueries()} />
      <LiveRegions />
    </>
  );
}
