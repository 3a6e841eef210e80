/** Text as the parser gets it, and where its places lie in the text as written. */
export interface PreparedText {
  readonly text: string;
  /** Offset in the written text of an offset in the prepared one. */
  readonly original: (offset: number) => number;
}

const transformSpelling = /\bcolumnifexists(?=\s*\()/g;
const binderSpelling = 'column_ifexists';

/**
 * Transforms in the wild end lines with a bare carriage return, which the parser does not take for a line end,
 * so that a comment would swallow the rest. Transforms also spell column_ifexists differently (spec/ccf.md §7.5),
 * and only the other spelling is typed by the binder.
 */
export function prepareText(text: string): PreparedText {
  const lines = text.replace(/\r(?!\n)/g, '\n').replace(/\u00a0/g, ' ');
  const places = [...lines.matchAll(transformSpelling)].map((m, i) => m.index + i);
  return {
    text: lines.replace(transformSpelling, binderSpelling),
    original: (offset) => offset - places.filter((p) => p < offset).length,
  };
}
