/** What the definition itself says and can't be carried out. */
import { defineCause } from './api.ts';
import { places } from './places.ts';

export const timeFormat = defineCause({
  name: 'time-format',
  place: places.timeFormat,
  cause: (e) => `The time format cannot be used: ${e.message}.`,
  fix: 'Write queryTimeFormat as a .NET format such as yyyy-MM-ddTHH:mm:ssZ, or UnixTimestamp.',
  confidence: 'high',
});

export const badJsonPath = defineCause({
  name: 'bad-json-path',
  place: (e) => (/eventsJsonPaths|\$/.test(e.message) ? places.events : null),
  cause: (e) => `A JSON path of the definition cannot be used: ${e.message}.`,
  fix: (e) => e.hint,
  confidence: 'medium',
});
