import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from '../components/button.tsx';
import { Note } from '../components/note.tsx';
import { ApiError } from '../lib/api.ts';
import { formatTime } from '../lib/format.ts';
import { healthQuery } from '../lib/queries.ts';
import s from './frame.module.css';

const PROBE_MS = 10_000;

/** Says that the server is away; what was loaded stays readable. */
export function OfflineBar() {
  const client = useQueryClient();
  const health = useQuery({ ...healthQuery, refetchInterval: PROBE_MS, retry: false });
  const away = health.isError && health.error instanceof ApiError && health.error.status === 0;
  if (!away) return null;
  return (
    <div className={s.offline}>
      <Note kind="warn" role="status">
        <div className="row spread">
          <span>
            Cannot reach the server.{' '}
            {health.dataUpdatedAt
              ? `Last updated ${formatTime(new Date(health.dataUpdatedAt).toISOString())} UTC. `
              : ''}
            Retrying every 10 s.
          </span>
          <Button small onClick={() => void client.refetchQueries({ type: 'active' })}>
            Retry now
          </Button>
        </div>
      </Note>
    </div>
  );
}
