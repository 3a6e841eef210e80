import type { Connection } from '../lib/api-types.ts';
import { Confirm } from './confirm.tsx';
import { useConnectionActions } from './use-connection-actions.tsx';

interface DeleteConnectionProps {
  /** The connection to ask about; undefined = closed. */
  readonly connection: Connection | undefined;
  readonly onClose: () => void;
  readonly onDeleted?: () => void;
}

export function DeleteConnection({ connection, onClose, onDeleted }: DeleteConnectionProps) {
  const { remove } = useConnectionActions();
  if (!connection) return null;
  const tables = [...new Set(connection.pollers.flatMap((poller) => poller.tables))];
  const confirm = async () => {
    await remove(connection);
    onDeleted?.();
  };
  return (
    <Confirm
      title={`Delete ${connection.name}?`}
      action={`Delete ${connection.name}`}
      open
      onClose={onClose}
      onConfirm={confirm}
    >
      <p>
        Collection of <strong>{connection.name}</strong> stops and its secrets are removed. Events already
        stored
        {tables.length > 0 ? ` in ${tables.join(', ')}` : ''} and archived pages are kept.
      </p>
    </Confirm>
  );
}
