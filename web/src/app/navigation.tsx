import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Cable, HeartPulse, type LucideIcon, Plug, Settings, Table2, Terminal } from 'lucide-react';
import { plural } from '../lib/format.ts';
import { connectionsQuery } from '../lib/queries.ts';
import s from './frame.module.css';

interface NavItem {
  readonly to: string;
  readonly label: string;
  readonly Icon: LucideIcon;
}
const groups: readonly { readonly title: string; readonly items: readonly NavItem[] }[] = [
  {
    title: 'Collect',
    items: [
      { to: '/connectors', label: 'Connectors', Icon: Plug },
      { to: '/connections', label: 'Connections', Icon: Cable },
    ],
  },
  {
    title: 'Search',
    items: [
      { to: '/query', label: 'Query', Icon: Terminal },
      { to: '/tables', label: 'Tables', Icon: Table2 },
    ],
  },
  {
    title: 'Server',
    items: [
      { to: '/system', label: 'System', Icon: HeartPulse },
      { to: '/settings', label: 'Settings', Icon: Settings },
    ],
  },
];

export function Navigation({ onNavigate }: { readonly onNavigate: () => void }) {
  const connections = useQuery(connectionsQuery);
  const failing = connections.data?.filter((connection) => connection.state === 'failing').length ?? 0;
  return (
    <>
      {groups.map((group) => (
        <div key={group.title} className={s.navGroup}>
          <div className={s.navTitle} aria-hidden="true">
            {group.title}
          </div>
          <ul>
            {group.items.map(({ to, label, Icon }) => {
              const badge = to === '/connections' && failing > 0 ? failing : 0;
              return (
                <li key={to}>
                  <Link
                    to={to}
                    className={s.navLink}
                    activeProps={{ 'aria-current': 'page' }}
                    activeOptions={{ includeSearch: false }}
                    onClick={onNavigate}
                  >
                    <Icon size={16} aria-hidden="true" />
                    <span className="grow">{label}</span>
                    {badge ? (
                      <span className={s.navBadge}>
                        {badge}
                        <span className="visually-hidden">
                          {' '}
                          {plural(badge, 'connection').replace(/^\S+ /, '')} failing
                        </span>
                      </span>
                    ) : null}
                  </Link>
                </li>
              );
            })}
          </ul>
        </div>
      ))}
    </>
  );
}
