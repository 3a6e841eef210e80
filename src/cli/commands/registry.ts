import type { CommandSpec } from '../command.ts';
import { connectionAdd } from './connection-add.ts';
import { connectionList } from './connection-list.ts';
import { connectionPause } from './connection-pause.ts';
import { connectionRemove } from './connection-remove.ts';
import { connectionResume } from './connection-resume.ts';
import { connectionRun } from './connection-run.ts';
import { connectionShow } from './connection-show.ts';
import { connectionTest } from './connection-test.ts';
import { connectionWindowRetry } from './connection-window-retry.ts';
import { connectionWindowSkip } from './connection-window-skip.ts';
import { connectionWindowSplit } from './connection-window-split.ts';
import { connectionWindows } from './connection-windows.ts';
import { connectorCheck } from './connector-check.ts';
import { connectorDrift } from './connector-drift.ts';
import { connectorList } from './connector-list.ts';
import { demo } from './demo.ts';
import { deploy } from './deploy.ts';
import { doctor } from './doctor.ts';
import { explain } from './explain.ts';
import { health } from './health.ts';
import { query } from './query.ts';
import { serve } from './serve.ts';
import { tableGaps } from './table-gaps.ts';
import { tableList } from './table-list.ts';
import { tableRebuild } from './table-rebuild.ts';
import { tableRetention } from './table-retention.ts';
import { tokenCreate } from './token-create.ts';
import { tokenList } from './token-list.ts';
import { tokenRevoke } from './token-revoke.ts';
import { userResetPassword } from './user-reset-password.ts';

/** Every command, in the order of the help. */
export const commands = [
  serve,
  demo,
  deploy,
  connectorList,
  connectorCheck,
  connectorDrift,
  connectionList,
  connectionShow,
  connectionAdd,
  connectionTest,
  connectionPause,
  connectionResume,
  connectionRun,
  connectionWindows,
  connectionWindowRetry,
  connectionWindowSplit,
  connectionWindowSkip,
  connectionRemove,
  explain,
  query,
  tableList,
  tableGaps,
  tableRetention,
  tableRebuild,
  tokenCreate,
  tokenList,
  tokenRevoke,
  userResetPassword,
  health,
  doctor,
] as const satisfies readonly CommandSpec[];
