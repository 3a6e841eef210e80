/** Reads a response body: decompressed, never more than the limit. */
import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

export class BodyTooLarge extends Error {
  readonly code = 'RESPONSE_TOO_LARGE';
}

export class UnknownEncoding extends Error {
  readonly code = 'RESPONSE_ENCODING';
}

const DECODERS: Readonly<Record<string, () => NodeJS.ReadWriteStream & Readable>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

function decoded(body: Readable, encoding: string): Readable {
  let stream = body;
  // Encodings are listed in the order applied, so the last is undone first.
  for (const name of encoding
    .toLowerCase()
    .split(',')
    .map((part) => part.trim())
    .reverse()) {
    if (name === '' || name === 'identity') continue;
    const decoder = DECODERS[name];
    if (!decoder) throw new UnknownEncoding(`content encoding \`${name}\``);
    // The reader of the last stream sees the failure; the callback only keeps it from being thrown twice.
    stream = pipeline(stream, decoder(), () => {}) as unknown as Readable;
  }
  return stream;
}

async function collect(stream: Readable, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new BodyTooLarge(`the body is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/** Some services send gzip as payload, without saying so in Content-Encoding; others say so and send plain (spec CCF §8 #52). */
async function gunzipIfMarked(bytes: Buffer, maxBytes: number): Promise<Buffer> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const gunzip = createGunzip();
  gunzip.end(bytes);
  return collect(gunzip, maxBytes);
}

export interface ReadBodyOptions {
  readonly encoding: string;
  readonly maxBytes: number;
  /** Undo gzip of the payload itself when its magic bytes are there. */
  readonly gunzip: boolean;
}

/** @throws BodyTooLarge, UnknownEncoding, or what the stream or zlib threw */
export async function readBody(
  body: Readable,
  { encoding, maxBytes, gunzip }: ReadBodyOptions,
): Promise<Buffer> {
  const bytes = await collect(decoded(body, encoding), maxBytes);
  return gunzip ? gunzipIfMarked(bytes, maxBytes) : bytes;
}
