/** Statements of the editor: parts of the text with blank lines between; a part that ends with `;` goes on. */
export interface Statement {
  readonly text: string;
  /** Offset in the whole text. */
  readonly from: number;
  readonly to: number;
}

export function statements(source: string): Statement[] {
  const parts: Statement[] = [];
  const separator = /\n[ \t]*(?:\n[ \t]*)+/g;
  let start = 0;
  const push = (end: number) => {
    const text = source.slice(start, end);
    if (text.trim() === '') return;
    const lead = text.length - text.trimStart().length;
    const last = parts.at(-1);
    if (last && /;\s*$/.test(last.text)) {
      parts[parts.length - 1] = {
        text: source.slice(last.from, start + text.trimEnd().length),
        from: last.from,
        to: start + text.trimEnd().length,
      };
      return;
    }
    parts.push({ text: text.trim(), from: start + lead, to: start + text.trimEnd().length });
  };
  for (const match of source.matchAll(separator)) {
    push(match.index);
    start = match.index + match[0].length;
  }
  push(source.length);
  return parts;
}

/** The statement at a cursor position, else the one before it, else the first. */
export function statementAt(source: string, position: number): Statement | undefined {
  const all = statements(source);
  return (
    all.find((part) => position >= part.from && position <= part.to) ??
    all.findLast((part) => part.from <= position) ??
    all[0]
  );
}
