import { collecting } from './collecting.ts';
import { numeric } from './numeric.ts';
import { argMax, argMin, percentiles, takeAny } from './tuples.ts';
import type { Aggregate, TupleAggregate } from './types.ts';

/** Aggregates that give one value, by name. */
export const aggregates: Readonly<Record<string, Aggregate>> = { ...numeric, ...collecting };

/** Aggregates that give several columns, by name. */
export const tupleAggregates: Readonly<Record<string, TupleAggregate>> = {
  arg_max: argMax,
  arg_min: argMin,
  percentiles,
  take_any: takeAny,
  any: takeAny,
};
