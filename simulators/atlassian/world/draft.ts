import type { ApiName } from '../ledger.ts';
import type { Group, Person } from './people.ts';
import type { Prng } from './random.ts';

/** Times are settled when a record is published: a frozen world moves everything that was still to come. */
export interface Moment {
  /** Event time, ms. */
  readonly time: number;
  /** Publication time, ms; for organization events the processing time. */
  readonly publishedAt: number;
}

/** A record that is planned but not yet published. */
export interface Draft {
  readonly api: ApiName;
  /** Share of the mix it counts for. */
  readonly category: string;
  /** Milliseconds after the start of its action. */
  readonly offset: number;
  /** Event time on a whole second, written without milliseconds. */
  readonly wholeSecond?: boolean;
  /** Number sequence of its id (Jira). */
  readonly sequence?: number;
  /** Event id (organization). */
  readonly uuid?: string;
  /** Renders the record; `id` comes from the sequence. */
  readonly render: (moment: Moment, id: number) => string;
}

/** The company whose logs are simulated; the same people and groups appear in all three. */
export interface World {
  readonly people: readonly Person[];
  readonly groups: readonly Group[];
  readonly siteName: string;
  readonly siteHost: string;
  readonly siteId: string;
  readonly orgId: string;
  readonly directoryName: string;
}

export interface Actor {
  /** Absent: the system itself (directory sync, background). */
  readonly person?: Person;
  /** An app that wrote the record. */
  readonly app?: string;
}

export interface Scene {
  readonly world: World;
  readonly prng: Prng;
}
