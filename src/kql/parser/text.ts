/** Text as the parser gets it; every character keeps its offset. */
export interface PreparedText {
  readonly text: string;
}

/**
 * Transforms in the wild end lines with a bare carriage return, which the parser does not take for a line end,
 * so that a comment would swallow the rest. One character for one keeps every offset.
 */
export function prepareText(text: string): PreparedText {
  return { text: text.replace(/\r(?!\n)/g, '\n').replace(/\u00a0/g, ' ') };
}
