/** Answers that arrived but can't be used. */
import { defineCause, type Evidence } from './api.ts';
import { places } from './places.ts';
import { saying } from './words.ts';

const contentType = ({ headers }: Evidence): string => headers['content-type'] ?? 'none';
const isBinary = ({ excerpt }: Evidence): boolean => excerpt.startsWith('(binary,');

export const compressedBody = defineCause({
  name: 'compressed-body',
  when: isBinary,
  place: places.gzip,
  cause: (e) =>
    `The answer is no text (content type ${contentType(e)}), most likely compressed without saying so.`,
  fix: 'Set isGzipCompressed to true if the API sends gzip files; else the endpoint is not the one with JSON.',
  confidence: 'medium',
});

/** The place of the failure is the end of the body. */
function endsEarly({ message }: Evidence): boolean {
  const [, size, offset] = /\((\d+) bytes\).* at byte (\d+)/.exec(message) ?? [];
  return size !== undefined && Number(offset) >= Number(size);
}

export const cutOffJson = defineCause({
  name: 'cut-off-json',
  when: (e) => (endsEarly(e) || e.message.includes('does not end')) && /^\s*[[{]/.test(e.excerpt),
  place: null,
  cause: 'The answer begins as JSON and breaks off: the service, or a proxy before it, cut it short.',
  fix: 'It often passes, and the window is read again; if it stays, ask for smaller pages (pageSize) and look at proxies in between.',
  confidence: 'high',
});

export const garbledJson = defineCause({
  name: 'garbled-json',
  when: (e) => /^\s*[[{]/.test(e.excerpt),
  place: null,
  cause: (e) =>
    `The answer looks like JSON (content type ${contentType(e)}) but is damaged: the message names the byte.`,
  fix: 'It often passes, and the window is read again; if it stays at the same byte, report the answer to the vendor of the API.',
  confidence: 'medium',
});

export const otherFormat = defineCause({
  name: 'other-format',
  when: (e) => /^\s*<|xml/i.test(e.excerpt.slice(0, 200)) || /xml|csv/i.test(contentType(e)),
  place: places.format,
  cause: (e) => `The service answers in another format than JSON (content type ${contentType(e)}).`,
  fix: 'Ask for JSON: by an Accept header, a parameter, or the address of the JSON form of the API.',
  confidence: 'high',
});

export const plainText = defineCause({
  name: 'plain-text',
  place: places.endpoint,
  cause: (e) =>
    `The service answered with plain text in place of JSON (content type ${contentType(e)}): a message, or the answer of another program at this address.`,
  fix: 'Read the excerpt of the answer in the run; usually it says what is wrong. Else check the endpoint.',
  confidence: 'low',
});

export const notSuccessful = defineCause({
  name: 'not-successful',
  place: places.success,
  cause: (e) =>
    `The status is ${e.status ?? 200}, but the body says that the call failed: ${e.message.slice(e.message.lastIndexOf(': ') + 2)}${saying(e)}.`,
  fix: 'Do what the message of the service says; if the answer is in truth a good one, correct successStatusJsonPath or successStatusValue.',
  confidence: 'high',
});

export const truncatedBody = defineCause({
  name: 'truncated-body',
  place: null,
  cause: 'The connection broke in the middle of the answer.',
  fix: 'It often passes, and the window is read again; if it stays, ask for smaller pages (pageSize) and look at proxies in between.',
  confidence: 'high',
});

export const tooLarge = defineCause({
  name: 'too-large',
  place: places.pageSize,
  cause: 'One answer is larger than Sluice takes for one page.',
  fix: 'Lower pageSize, or queryWindowInMin where the API has no pages.',
  confidence: 'high',
});

export const unknownEncoding = defineCause({
  name: 'unknown-encoding',
  place: places.headers,
  cause: (e) =>
    `The answer says that it is encoded as ${e.headers['content-encoding'] ?? 'something unknown'}, which is not supported, or it is damaged.`,
  fix: 'Set an Accept-Encoding header of gzip, or identity, in the definition.',
  confidence: 'medium',
});

export const eventsElsewhere = defineCause({
  name: 'events-elsewhere',
  place: places.events,
  cause: (e) => `The definition looks for records in the wrong place: ${e.message}.`,
  fix: (e) => {
    const path = e.message.match(/but `([^`]+)` has/)?.[1];
    return path === undefined
      ? 'Correct eventsJsonPaths to where the answer has its records.'
      : `Set eventsJsonPaths to ["${path}"], if these are the records.`;
  },
  confidence: 'high',
});

export const errorBody = defineCause({
  name: 'error-body',
  place: places.success,
  cause: (e) =>
    `The service reports an error in an answer with status ${e.status ?? 200}, which the definition takes for one without records${saying(e)}.`,
  fix: 'Do what the message of the service says; set successStatusJsonPath and successStatusValue so that such answers fail the run.',
  confidence: 'medium',
});
