import { conditional } from './conditional.ts';
import { conversion } from './conversion.ts';
import { dynamics } from './dynamics.ts';
import { math } from './math.ts';
import { network } from './network.ts';
import { text } from './text.ts';
import { time } from './time.ts';
import { type FunctionFamily, mergeFamilies } from './types.ts';
import { window } from './window.ts';

/** Scalar functions that the compiler accepts, by name. */
export const functions: FunctionFamily = mergeFamilies(
  conditional,
  conversion,
  dynamics,
  math,
  network,
  text,
  time,
  window,
);
