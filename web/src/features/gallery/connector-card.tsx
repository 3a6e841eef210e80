import { Link } from '@tanstack/react-router';
import { Logo } from '../../components/logo.tsx';
import { Sparkline } from '../../components/sparkline.tsx';
import { ConnectorBadge, StatusBadge } from '../../components/status.tsx';
import { Ago } from '../../components/time.tsx';
import type { DefinitionSummary } from '../../lib/api-types.ts';
import { formatCount, plural } from '../../lib/format.ts';
import s from './gallery.module.css';

function Received({ item }: { readonly item: DefinitionSummary }) {
  if (item.sparkline === null) return <div className="meta">Graph unavailable</div>;
  const total = item.sparkline.reduce((sum, value) => sum + value, 0);
  return (
    <div className={s.received}>
      <Sparkline values={item.sparkline} />
      <span className="meta">{formatCount(total)} in 14 d</span>
    </div>
  );
}

/** One connector; the whole card leads to its page. */
export function ConnectorCard({ item }: { readonly item: DefinitionSummary }) {
  const title = item.title.trim();
  return (
    <li className={s.card} data-testid="gallery.card">
      <div className={s.cardHead}>
        <Logo id={item.id} title={title} hasLogo={item.hasLogo} />
        <div className="grow">
          <Link to="/connectors/$id" params={{ id: item.id }} className={s.cardLink}>
            {title}
          </Link>
          <div className="meta">{item.publisher}</div>
        </div>
        {item.isPreview ? <span className={s.tag}>Preview</span> : null}
      </div>
      <div className="row">
        <ConnectorBadge status={item.status} />
        {item.connections > 0 ? <span className="meta">{plural(item.connections, 'connection')}</span> : null}
        {item.diagnostics.errors > 0 ? (
          <StatusBadge look="bad" word={plural(item.diagnostics.errors, 'error')} />
        ) : null}
      </div>
      <div className="meta">
        {item.connections > 0 || item.lastDataAt ? (
          <>
            Last data <Ago at={item.lastDataAt} />
          </>
        ) : (
          item.tables.join(', ')
        )}
      </div>
      <Received item={item} />
    </li>
  );
}
