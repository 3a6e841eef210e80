import type { Clock, Random } from './clock.ts';

/**
 * Makes ids that sort by time: a UUID of version 7 (48 bits of milliseconds, then random bits). Ids of one maker never
 * go back, also when the clock does: then the last time is used again with a higher counter.
 */
export function createIdMaker(clock: Clock, random: Random): () => string {
  let lastMs = 0;
  let counter = 0;
  return () => {
    const now = clock.now();
    if (now > lastMs) {
      lastMs = now;
      counter = Math.floor(random() * 0x400);
    } else {
      counter += 1;
      if (counter > 0xfff) {
        lastMs += 1;
        counter = 0;
      }
    }
    const time = lastMs.toString(16).padStart(12, '0');
    const order = counter.toString(16).padStart(3, '0');
    const variant = (8 + Math.floor(random() * 4)).toString(16);
    return `${time.slice(0, 8)}-${time.slice(8)}-7${order}-${variant}${hex(random, 3)}-${hex(random, 12)}`;
  };
}

function hex(random: Random, digits: number): string {
  let text = '';
  for (let i = 0; i < digits; i += 1) text += Math.floor(random() * 16).toString(16);
  return text;
}
