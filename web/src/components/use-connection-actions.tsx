import { useQueryClient } from '@tanstack/react-query';
import { call, segment, toApiError } from '../lib/api.ts';
import type { Connection } from '../lib/api-types.ts';
import { toast } from '../lib/messages.ts';

/** Writes on one connection, each with a message that says what comes next. */
export function useConnectionActions() {
  const client = useQueryClient();
  const refresh = () =>
    client.invalidateQueries({
      predicate: ({ queryKey }) => /^(connections?|definitions?)$/.test(String(queryKey[0])),
    });
  const act = async (path: string, body: unknown, done: string) => {
    try {
      await call('POST', path, { body });
      toast({ kind: 'ok', text: done });
    } catch (error) {
      const { problem } = toApiError(error);
      toast({ kind: 'bad', text: [problem.detail, problem.hint].filter(Boolean).join(' ') });
    } finally {
      await refresh();
    }
  };
  const path = (connection: Connection, verb: string) => `/connections/${segment(connection.id)}:${verb}`;
  return {
    refresh,
    runNow: (connection: Connection) => act(path(connection, 'run'), {}, `${connection.name}: run started.`),
    pause: (connection: Connection) => act(path(connection, 'pause'), {}, `${connection.name} is paused.`),
    resume: (connection: Connection) =>
      act(path(connection, 'resume'), {}, `${connection.name} is on again.`),
    async remove(connection: Connection) {
      await call('DELETE', `/connections/${segment(connection.id)}`);
      toast({ kind: 'ok', text: `${connection.name} was deleted.` });
      await refresh();
    },
  };
}
