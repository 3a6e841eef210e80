/** Reads newline-delimited JSON from a response body. Yields the messages of each chunk together; throws SyntaxError on a bad line. */
export async function* readNdjson<T>(body: ReadableStream<Uint8Array>): AsyncGenerator<T[]> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { value, done } = await reader.read();
      rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
      const lines = rest.split('\n');
      rest = done ? '' : (lines.pop() ?? '');
      const messages = lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as T);
      if (messages.length > 0) yield messages;
      if (done) return;
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}
