/** What an explanation is made from, and what one possible cause looks like. Everything here is redacted already. */

export type Confidence = 'high' | 'medium' | 'low';

/** Names from the root of a connection resource, such as `properties`, `auth`; null where no definition can mend it. */
export type PlaceNames = readonly string[] | null;

/** What is known of a failure. */
export interface Evidence {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  /** Null when no answer came. */
  readonly status: number | null;
  /** Of the answer, names in lower case, masked. */
  readonly headers: Readonly<Record<string, string>>;
  /** Start of the body, `''` when none was kept. */
  readonly excerpt: string;
  /** What the body says of itself: its message and error texts, joined. */
  readonly said: string;
  readonly url: string;
  /** Value in the poller as published, text or number; undefined when absent. */
  setting(...names: string[]): string | undefined;
}

/** One cause of an error code. Of the causes of a code the first that matches is given, so the specific ones come first. */
export interface Cause {
  readonly name: string;
  matches(evidence: Evidence): boolean;
  place(evidence: Evidence): PlaceNames;
  /** One sentence on what went wrong, naming its evidence. */
  cause(evidence: Evidence): string;
  /** What to do. */
  fix(evidence: Evidence): string;
  confidence(evidence: Evidence): Confidence;
}

/** A cause as it is written down: what does not depend on the evidence is plain. */
export interface CauseEntry {
  readonly name: string;
  /** Absent = always: the last cause of a code. */
  readonly when?: (evidence: Evidence) => boolean;
  readonly place: PlaceNames | ((evidence: Evidence) => PlaceNames);
  readonly cause: string | ((evidence: Evidence) => string);
  readonly fix: string | ((evidence: Evidence) => string);
  readonly confidence: Confidence | ((evidence: Evidence) => Confidence);
}

function resolved<T>(value: T | ((evidence: Evidence) => T)): (evidence: Evidence) => T {
  return typeof value === 'function' ? (value as (evidence: Evidence) => T) : () => value;
}

export function defineCause(entry: CauseEntry): Cause {
  return {
    name: entry.name,
    matches: entry.when ?? (() => true),
    place: resolved(entry.place),
    cause: resolved(entry.cause),
    fix: resolved(entry.fix),
    confidence: resolved(entry.confidence),
  };
}
