import {
  Circle,
  CircleCheck,
  CircleHelp,
  CirclePause,
  Info,
  LoaderCircle,
  OctagonX,
  TriangleAlert,
} from 'lucide-react';
import type { ConnectionState, ConnectorStatus, RunSummary } from '../lib/api-types.ts';
import s from './controls.module.css';

const looks = {
  ok: { Icon: CircleCheck, tint: s.ok },
  warn: { Icon: TriangleAlert, tint: s.warn },
  bad: { Icon: OctagonX, tint: s.bad },
  running: { Icon: LoaderCircle, tint: s.info },
  info: { Icon: Info, tint: s.info },
  paused: { Icon: CirclePause, tint: s.neutral },
  none: { Icon: Circle, tint: s.neutral },
  unknown: { Icon: CircleHelp, tint: s.neutral },
} as const;
export type StatusLook = keyof typeof looks;

/** Icon, word and colour together; colour never stands alone (ui.md §7.3). */
export function StatusBadge({
  look,
  word,
  testId,
}: {
  readonly look: StatusLook;
  readonly word: string;
  readonly testId?: string;
}) {
  const { Icon, tint } = looks[look];
  return (
    <span className={`${s.badge} ${tint}`} data-testid={testId}>
      <Icon size={14} aria-hidden="true" />
      {word}
    </span>
  );
}

export const connectorWords: Record<ConnectorStatus, { look: StatusLook; word: string }> = {
  connected: { look: 'ok', word: 'Connected' },
  degraded: { look: 'warn', word: 'Degraded' },
  failing: { look: 'bad', word: 'Failing' },
  paused: { look: 'paused', word: 'Paused' },
  'not-connected': { look: 'none', word: 'Not connected' },
};

export const connectionWords: Record<ConnectionState, { look: StatusLook; word: string }> = {
  ok: { look: 'ok', word: 'Healthy' },
  running: { look: 'running', word: 'Running' },
  'catching-up': { look: 'running', word: 'Catching up' },
  throttled: { look: 'warn', word: 'Rate limited' },
  degraded: { look: 'warn', word: 'Degraded' },
  failing: { look: 'bad', word: 'Failing' },
  paused: { look: 'paused', word: 'Paused' },
  new: { look: 'running', word: 'Starting' },
};

export const runWords: Record<RunSummary['state'], { look: StatusLook; word: string }> = {
  running: { look: 'running', word: 'Running' },
  succeeded: { look: 'ok', word: 'OK' },
  failed: { look: 'bad', word: 'Failed' },
  cancelled: { look: 'none', word: 'Cancelled' },
  throttled: { look: 'warn', word: 'Rate limited' },
};

export const ConnectorBadge = ({
  status,
  testId,
}: {
  readonly status: ConnectorStatus;
  readonly testId?: string;
}) => <StatusBadge {...connectorWords[status]} testId={testId} />;
export const ConnectionBadge = ({
  state,
  testId,
}: {
  readonly state: ConnectionState;
  readonly testId?: string;
}) => <StatusBadge {...connectionWords[state]} testId={testId} />;
export const RunBadge = ({ state }: { readonly state: RunSummary['state'] }) => (
  <StatusBadge {...runWords[state]} />
);
