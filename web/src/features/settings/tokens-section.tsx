import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Confirm } from '../../components/confirm.tsx';
import { Empty } from '../../components/note.tsx';
import { Region } from '../../components/region.tsx';
import { ListTable } from '../../components/table.tsx';
import { Ago } from '../../components/time.tsx';
import { call, segment } from '../../lib/api.ts';
import type { Token } from '../../lib/api-types.ts';
import { toast } from '../../lib/messages.ts';
import { tokensQuery } from '../../lib/queries.ts';
import { NewToken } from './new-token.tsx';

const columns = [
  { key: 'name', label: 'Name' },
  { key: 'role', label: 'Role' },
  { key: 'made', label: 'Made' },
  { key: 'used', label: 'Last used' },
  { key: 'ends', label: 'Expires' },
  { key: 'actions', label: '' },
];

/** API tokens for the command line and scripts. */
export function TokensSection() {
  const query = useQuery(tokensQuery);
  const client = useQueryClient();
  const [creating, setCreating] = useState(false);
  const [doomed, setDoomed] = useState<Token>();
  const refresh = () => client.invalidateQueries({ queryKey: tokensQuery.queryKey });
  const revoke = async (token: Token) => {
    await call<void>('DELETE', `/tokens/${segment(token.id)}`);
    toast({ kind: 'ok', text: `${token.name} was revoked.` });
    await refresh();
  };
  return (
    <section className="stack" aria-labelledby="tokens-title">
      <div className="row spread">
        <h2 id="tokens-title">API tokens</h2>
        <Button onClick={() => setCreating(true)}>New token</Button>
      </div>
      <Region query={query} failure="Could not load the tokens." rows={3}>
        {(tokens) =>
          tokens.length === 0 ? (
            <Empty>No tokens. The command line and scripts sign in with one.</Empty>
          ) : (
            <ListTable name="API tokens" columns={columns}>
              {tokens.map((token) => (
                <tr key={token.id}>
                  <th scope="row">{token.name}</th>
                  <td>{token.role}</td>
                  <td data-nowrap>
                    <Ago at={token.createdAt} />
                  </td>
                  <td data-nowrap>
                    <Ago at={token.lastUsedAt} />
                  </td>
                  <td data-nowrap>
                    <Ago at={token.expiresAt} never="never" />
                  </td>
                  <td data-num>
                    <Button small aria-label={`Revoke ${token.name}`} onClick={() => setDoomed(token)}>
                      Revoke
                    </Button>
                  </td>
                </tr>
              ))}
            </ListTable>
          )
        }
      </Region>
      {creating ? <NewToken onClose={() => setCreating(false)} onCreated={refresh} /> : null}
      {doomed ? (
        <Confirm
          title={`Revoke ${doomed.name}?`}
          action={`Revoke ${doomed.name}`}
          open
          onClose={() => setDoomed(undefined)}
          onConfirm={() => revoke(doomed)}
        >
          <p>Whatever signs in with this token is refused at once.</p>
        </Confirm>
      ) : null}
    </section>
  );
}
