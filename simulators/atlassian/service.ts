import type { ApiName, RecordStore } from './ledger.ts';
import type { ProductLimiter } from './limiter.ts';
import type { OrgLimiter } from './org/limits.ts';
import type { Settings } from './settings.ts';
import type { World } from './world/draft.ts';

/** What the handlers of the three APIs share. */
export interface Service {
  readonly world: World & { readonly cloudId: string };
  readonly stores: Readonly<Record<ApiName, RecordStore>>;
  readonly settings: () => Settings;
  /** Changes knobs as a call of the vendor's API does (retention). */
  readonly patch: (patch: unknown) => void;
  readonly renames: () => ReadonlyMap<string, string>;
  readonly productLimiter: ProductLimiter;
  readonly orgLimiter: OrgLimiter;
  /** Secret that makes cursors tamper-proof. */
  readonly cursorSecret: string;
}
