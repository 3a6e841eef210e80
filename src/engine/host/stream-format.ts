/**
 * The embedded engine writes every block of a streamed result as a document of its own, header included.
 * Formats whose blocks join into one document once the repeated header is gone, with its number of lines.
 */
const headerLines: Readonly<Record<string, number>> = {
  JSONEachRow: 0,
  JSONCompactEachRow: 0,
  JSONCompactEachRowWithNames: 1,
  JSONCompactEachRowWithNamesAndTypes: 2,
  TabSeparated: 0,
  TabSeparatedWithNames: 1,
  TabSeparatedWithNamesAndTypes: 2,
};

/** Format of a statement: its own FORMAT clause (the stock client writes one), else the default of the request. */
export function formatOf(sql: string, defaultFormat: string): string {
  return /\bFORMAT\s+(\w+)[\s;]*$/i.exec(sql.slice(-200))?.[1] ?? defaultFormat;
}

/** True when blocks of this format can be joined. */
export function isJoinable(format: string): boolean {
  return format in headerLines;
}

function headerLength(block: Buffer, lines: number): number {
  let end = 0;
  for (let line = 0; line < lines; line += 1) {
    const newline = block.indexOf(0x0a, end);
    if (newline < 0) throw new Error('a block of the result has no header');
    end = newline + 1;
  }
  return end;
}

/** Joins blocks into one document. Throws when a block does not begin with the header of the first. */
export async function* joinBlocks(blocks: AsyncIterable<Uint8Array>, format: string): AsyncGenerator<Buffer> {
  const lines = headerLines[format]!;
  let header: Buffer | undefined;
  for await (const bytes of blocks) {
    const block = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const length = headerLength(block, lines);
    if (header === undefined) {
      header = Buffer.from(block.subarray(0, length));
      yield block;
      continue;
    }
    if (!header.equals(block.subarray(0, length)))
      throw new Error('blocks of the result have different headers');
    if (block.length > length) yield block.subarray(length);
  }
}
