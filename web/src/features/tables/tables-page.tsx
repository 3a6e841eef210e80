import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import controls from '../../components/controls.module.css';
import { Dialog, DialogBody, DialogFoot } from '../../components/dialog.tsx';
import { Field } from '../../components/field.tsx';
import { Empty } from '../../components/note.tsx';
import { Page } from '../../components/page.tsx';
import { ErrorState, Region } from '../../components/region.tsx';
import { ListTable } from '../../components/table.tsx';
import { Ago, At } from '../../components/time.tsx';
import { call, segment } from '../../lib/api.ts';
import type { Table } from '../../lib/api-types.ts';
import { formatBytes, formatCount, plural } from '../../lib/format.ts';
import { toast } from '../../lib/messages.ts';
import { tablesQuery } from '../../lib/queries.ts';
import { useMissingRole } from '../../lib/session.ts';

const columns = [
  { key: 'name', label: 'Table' },
  { key: 'rows', label: 'Rows', num: true },
  { key: 'size', label: 'Size', num: true },
  { key: 'oldest', label: 'Oldest (UTC)' },
  { key: 'newest', label: 'Newest' },
  { key: 'columns', label: 'Columns', num: true },
  { key: 'keep', label: 'Kept for', num: true },
  { key: 'actions', label: '' },
];

export function TablesPage() {
  const query = useQuery(tablesQuery);
  const [editing, setEditing] = useState<Table>();
  const missing = useMissingRole('admin');
  return (
    <Page title="Tables">
      <Region query={query} failure="Could not load the tables." rows={5}>
        {(tables) =>
          tables.length === 0 ? (
            <Empty>
              <p>No tables yet. A table is made when a connector is installed.</p>
              <p>
                <Link to="/connectors">Connectors</Link>
              </p>
            </Empty>
          ) : (
            <ListTable name="Tables" columns={columns}>
              {tables.map((table) => (
                <tr key={table.name}>
                  <th scope="row">
                    <Link
                      to="/query"
                      search={{ q: `${table.name}\n| take 100`, from: '-14d', run: '1' }}
                      title={`Query ${table.name}`}
                    >
                      {table.name}
                    </Link>
                  </th>
                  <td data-num>{formatCount(table.rows)}</td>
                  <td data-num>{formatBytes(table.bytes)}</td>
                  <td data-nowrap>{table.oldest ? <At at={table.oldest} /> : '–'}</td>
                  <td data-nowrap>
                    <Ago at={table.newest} never="–" />
                  </td>
                  <td data-num>{table.columns.length}</td>
                  <td data-num>{plural(table.retentionDays, 'day')}</td>
                  <td data-num>
                    <Button
                      small
                      blocked={missing}
                      aria-label={`Change retention of ${table.name}`}
                      onClick={() => setEditing(table)}
                    >
                      Change
                    </Button>
                  </td>
                </tr>
              ))}
            </ListTable>
          )
        }
      </Region>
      {editing ? (
        <RetentionDialog key={editing.name} table={editing} onClose={() => setEditing(undefined)} />
      ) : null}
    </Page>
  );
}

function RetentionDialog({ table, onClose }: { readonly table: Table; readonly onClose: () => void }) {
  const client = useQueryClient();
  const [days, setDays] = useState(String(table.retentionDays));
  const [error, setError] = useState<unknown>();
  const value = Number(days);
  const message =
    Number.isInteger(value) && value >= 1 && value <= 3650
      ? undefined
      : 'Enter a whole number from 1 to 3650.';
  const save = async (event: React.FormEvent) => {
    event.preventDefault();
    if (message) return;
    try {
      await call<Table>('PATCH', `/tables/${segment(table.name)}`, { body: { retentionDays: value } });
      toast({ kind: 'ok', text: `${table.name} keeps events for ${plural(value, 'day')}.` });
      await client.invalidateQueries({ queryKey: ['tables'] });
      onClose();
    } catch (thrown) {
      setError(thrown);
    }
  };
  return (
    <Dialog title={`Retention of ${table.name}`} open onClose={onClose}>
      <form onSubmit={save} noValidate>
        <DialogBody>
          <div className="stack">
            <Field
              label="Days to keep events"
              help={
                value < table.retentionDays
                  ? 'Events older than this are deleted soon after saving.'
                  : 'Events older than this are deleted.'
              }
              error={message}
            >
              {(control) => (
                <input
                  {...control}
                  className={controls.input}
                  inputMode="numeric"
                  value={days}
                  onChange={(event) => setDays(event.target.value)}
                />
              )}
            </Field>
            {error ? <ErrorState error={error} what="Could not save." /> : null}
          </div>
        </DialogBody>
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit">
            Save
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
