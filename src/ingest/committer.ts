import { getSegment } from '../state/segments.ts';
import {
  type Batch,
  type BatchOwner,
  type CommitContext,
  type CommittedSegment,
  commitBatch,
} from './batch-commit.ts';
import { dropIntent, listMissing } from './recovery.ts';

/** Commits batches and tidies up after one that failed, so that a long disk-full does not pile up intents. */
export interface Committer {
  commit(owner: BatchOwner, batch: Batch): Promise<CommittedSegment>;
}

export function createCommitter(context: CommitContext): Committer {
  let manifestBehind = false;

  /** The failure itself is what the caller hears of; what cannot be tidied now waits for the next start. */
  async function tidy(id: string | undefined): Promise<void> {
    if (id === undefined) return;
    const row = await getSegment(context.state.db, id);
    if (row?.state === 'intent') await dropIntent(context, row);
    if (row?.state === 'committed') manifestBehind = true;
  }

  return {
    commit: async (owner, batch) => {
      let id: string | undefined;
      const makeId = () => {
        id = context.makeId();
        return id;
      };
      if (manifestBehind) {
        await listMissing(context);
        manifestBehind = false;
      }
      try {
        return await commitBatch({ ...context, makeId }, owner, batch);
      } catch (error) {
        await tidy(id).catch(() => undefined);
        throw error;
      }
    },
  };
}
