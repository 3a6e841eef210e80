import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { LogOut, Menu, Monitor, Moon, Sun, Wifi, WifiOff } from 'lucide-react';
import { useState } from 'react';
import { BrandMark } from '../components/brand-mark.tsx';
import { Button } from '../components/button.tsx';
import { toApiError } from '../lib/api.ts';
import { useLiveState } from '../lib/live.ts';
import { toast } from '../lib/messages.ts';
import { signOut, useSession } from '../lib/session.ts';
import { applyTheme, storedTheme, type Theme } from '../lib/theme.ts';
import s from './frame.module.css';

const themes: Record<Theme, { readonly next: Theme; readonly label: string; readonly Icon: typeof Sun }> = {
  system: { next: 'light', label: 'Theme: system', Icon: Monitor },
  light: { next: 'dark', label: 'Theme: light', Icon: Sun },
  dark: { next: 'system', label: 'Theme: dark', Icon: Moon },
};
const liveWords = { live: 'Live', reconnecting: 'Reconnecting…', offline: 'Offline' } as const;

function ThemeButton() {
  const [theme, setTheme] = useState(storedTheme);
  const { next, label, Icon } = themes[theme];
  const turn = () => {
    applyTheme(next);
    setTheme(next);
  };
  return (
    <Button
      look="quiet"
      iconOnly
      aria-label={label}
      title={label}
      icon={<Icon size={16} aria-hidden="true" />}
      onClick={turn}
    />
  );
}

function LiveMark() {
  const live = useLiveState();
  return (
    <span className={s.live} data-state={live} data-testid="frame.live">
      {live === 'live' ? <Wifi size={14} aria-hidden="true" /> : <WifiOff size={14} aria-hidden="true" />}
      {liveWords[live]}
    </span>
  );
}

export function TopBar({
  navOpen,
  onToggleNav,
}: {
  readonly navOpen: boolean;
  readonly onToggleNav: () => void;
}) {
  const { session } = useSession();
  const navigate = useNavigate();
  const client = useQueryClient();
  const leave = async () => {
    try {
      await signOut();
      client.clear();
      await navigate({ to: '/login' });
    } catch (error) {
      toast({ kind: 'bad', text: toApiError(error).problem.detail });
    }
  };
  return (
    <header className={s.top}>
      <Button
        className={s.navButton}
        look="quiet"
        iconOnly
        aria-label="Menu"
        aria-expanded={navOpen}
        aria-controls="main-nav"
        icon={<Menu size={18} aria-hidden="true" />}
        onClick={onToggleNav}
      />
      <Link to="/connectors" className={s.brand}>
        <BrandMark />
        Sluice
      </Link>
      <span className="grow" />
      <span className={s.zone} title="Times are shown in UTC">
        UTC
      </span>
      <LiveMark />
      <ThemeButton />
      {session ? (
        <span className={s.user}>
          {session.user.name}
          <span className="muted"> · {session.user.role}</span>
        </span>
      ) : null}
      <Button
        look="quiet"
        iconOnly
        aria-label="Sign out"
        title="Sign out"
        icon={<LogOut size={16} aria-hidden="true" />}
        onClick={leave}
      />
    </header>
  );
}
