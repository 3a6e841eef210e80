import { useQuery } from '@tanstack/react-query';
import { Dialog, DialogBody } from '../../components/dialog.tsx';
import { Note } from '../../components/note.tsx';
import { Region } from '../../components/region.tsx';
import type { Connection } from '../../lib/api-types.ts';
import { connectionQuery } from '../../lib/queries.ts';
import { useMissingRole } from '../../lib/session.ts';
import { ConnectionForm } from './connection-form.tsx';
import { useConnector } from './context.ts';
import { text } from './instruction-parts.tsx';

interface PaneProps {
  /** `add`, `add:<pane>` or `edit:<connection id>`, from the address. */
  readonly pane: string;
  readonly takenNames: readonly string[];
  readonly onClose: () => void;
}

/** The form at the right edge, for adding or modifying a connection. */
export function ConnectionPane({ pane, takenNames, onClose }: PaneProps) {
  const { panes, definition } = useConnector();
  const missing = useMissingRole('editor');
  const [verb, rest] = pane.split(/:(.*)/s);
  const source = panes[Number(rest) || 0];
  const editing = verb === 'edit';
  const title = editing ? 'Modify connection' : text(source?.parameters.title) || 'Add connection';
  const subtitle = editing ? undefined : text(source?.parameters.subtitle) || definition.title;
  return (
    <Dialog title={title} subtitle={subtitle} open onClose={onClose} shape="pane" testId="pane">
      {missing ? (
        <DialogBody>
          <Note kind="warn">{missing}</Note>
        </DialogBody>
      ) : editing ? (
        <EditForm id={rest ?? ''} takenNames={takenNames} onClose={onClose} />
      ) : (
        <ConnectionForm source={source} takenNames={takenNames} onClose={onClose} />
      )}
    </Dialog>
  );
}

function EditForm({
  id,
  takenNames,
  onClose,
}: {
  readonly id: string;
  readonly takenNames: readonly string[];
  readonly onClose: () => void;
}) {
  const query = useQuery({ ...connectionQuery(id), staleTime: Number.POSITIVE_INFINITY });
  return (
    <Region query={query} failure="Could not load the connection.">
      {(connection: Connection) => (
        <ConnectionForm
          source={undefined}
          connection={connection}
          takenNames={takenNames.filter((name) => name !== connection.name)}
          onClose={onClose}
        />
      )}
    </Region>
  );
}
