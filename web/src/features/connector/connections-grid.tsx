import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { DeleteConnection } from '../../components/delete-connection.tsx';
import { type MenuAction, RowMenu } from '../../components/menu.tsx';
import { Empty } from '../../components/note.tsx';
import { ConnectionBadge } from '../../components/status.tsx';
import { ListTable } from '../../components/table.tsx';
import { Ago } from '../../components/time.tsx';
import { useConnectionActions } from '../../components/use-connection-actions.tsx';
import type { Connection } from '../../lib/api-types.ts';
import { formatSeconds } from '../../lib/format.ts';
import { gridValues } from '../../lib/resource-path.ts';
import { useMissingRole } from '../../lib/session.ts';
import { useConnector } from './context.ts';

interface ConnectionsGridProps {
  /** Columns of the definition: heading, and dotted path into the connection resource. */
  readonly mapping: readonly { readonly columnName: string; readonly columnValue: string }[];
}

const behind = (connection: Connection): string => {
  const worst = connection.pollers.reduce<number | null>(
    (most, poller) => (poller.behindSeconds === null ? most : Math.max(most ?? 0, poller.behindSeconds)),
    null,
  );
  return worst === null ? '–' : formatSeconds(worst);
};

/** The management table of a connector: the definition's columns first, then ours. */
export function ConnectionsGrid({ mapping }: ConnectionsGridProps) {
  const { connections, openEdit } = useConnector();
  const actions = useConnectionActions();
  const missing = useMissingRole('editor');
  const [doomed, setDoomed] = useState<Connection>();
  const menu = (connection: Connection): MenuAction[] => {
    const disabled = missing !== undefined;
    const paused = connection.state === 'paused';
    return [
      { id: 'edit', label: 'Modify', disabled, onAction: () => openEdit(connection.id) },
      {
        id: 'run',
        label: 'Run now',
        disabled: disabled || paused,
        onAction: () => void actions.runNow(connection),
      },
      paused
        ? { id: 'resume', label: 'Resume', disabled, onAction: () => void actions.resume(connection) }
        : { id: 'pause', label: 'Pause', disabled, onAction: () => void actions.pause(connection) },
      { id: 'delete', label: 'Delete', danger: true, disabled, onAction: () => setDoomed(connection) },
    ];
  };
  if (connections.length === 0) return <Empty>Nothing is connected yet.</Empty>;
  const columns = [
    { key: 'name', label: 'Connection' },
    ...mapping.map((column) => ({ key: column.columnValue, label: column.columnName })),
    { key: 'state', label: 'Status' },
    { key: 'last', label: 'Last data' },
    { key: 'behind', label: 'Behind', num: true },
    { key: 'menu', label: '' },
  ];
  return (
    <>
      <ListTable name="Connections" columns={columns}>
        {connections.map((connection) => (
          <tr key={connection.id} data-testid="connector.connection">
            <th scope="row">
              <Link to="/connections/$id" params={{ id: connection.id }}>
                {connection.name}
              </Link>
            </th>
            {mapping.map((column) => (
              <td key={column.columnValue} className="wrap">
                {gridValues(connection.resources, column.columnValue).join(', ') || '–'}
              </td>
            ))}
            <td title={connection.stateReason}>
              <ConnectionBadge state={connection.state} />
            </td>
            <td data-nowrap>
              <Ago at={connection.lastDataAt} />
            </td>
            <td data-num>{behind(connection)}</td>
            <td data-num>
              <RowMenu name={`Actions for ${connection.name}`} actions={menu(connection)} />
            </td>
          </tr>
        ))}
      </ListTable>
      <DeleteConnection connection={doomed} onClose={() => setDoomed(undefined)} />
    </>
  );
}
