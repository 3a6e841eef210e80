import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { DeleteConnection } from '../../components/delete-connection.tsx';
import { RowMenu } from '../../components/menu.tsx';
import { useConnectionActions } from '../../components/use-connection-actions.tsx';
import type { Connection } from '../../lib/api-types.ts';
import { useMissingRole } from '../../lib/session.ts';

export function ConnectionMenu({ connection }: { readonly connection: Connection }) {
  const actions = useConnectionActions();
  const navigate = useNavigate();
  const disabled = useMissingRole('editor') !== undefined;
  const [asking, setAsking] = useState(false);
  const paused = connection.state === 'paused';
  const edit = () =>
    void navigate({
      to: '/connectors/$id',
      params: { id: connection.definitionId },
      search: { pane: `edit:${connection.id}` },
    });
  return (
    <>
      <RowMenu
        name={`Actions for ${connection.name}`}
        actions={[
          { id: 'edit', label: 'Modify', disabled, onAction: edit },
          {
            id: 'run',
            label: 'Run now',
            disabled: disabled || paused,
            onAction: () => void actions.runNow(connection),
          },
          paused
            ? { id: 'resume', label: 'Resume', disabled, onAction: () => void actions.resume(connection) }
            : { id: 'pause', label: 'Pause', disabled, onAction: () => void actions.pause(connection) },
          { id: 'delete', label: 'Delete', danger: true, disabled, onAction: () => setAsking(true) },
        ]}
      />
      <DeleteConnection connection={asking ? connection : undefined} onClose={() => setAsking(false)} />
    </>
  );
}
