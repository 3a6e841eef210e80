/** Worker thread: zstd by WebAssembly, for Node before 22.15. Requests are answered by their number. */
import { parentPort } from 'node:worker_threads';
import { ZstdInit } from '@oneidentity/zstd-js/wasm/index.cjs.js';

export interface ZstdRequest {
  readonly id: number;
  readonly work: 'compress' | 'decompress';
  readonly bytes: Uint8Array;
  readonly level: number;
}

export type ZstdResponse =
  | { readonly id: number; readonly bytes: Uint8Array }
  | { readonly id: number; readonly error: string };

interface SimpleCodec {
  compress(bytes: Uint8Array, level: number): Uint8Array;
  decompress(bytes: Uint8Array): Uint8Array;
}

const ready: Promise<SimpleCodec> = ZstdInit().then(({ ZstdSimple }) => {
  // The library adds this many bytes of stray memory to what it compresses and cuts as many off what it decompresses:
  // its own frames come back right, but every other reader sees the stray bytes, and foreign frames lose their end.
  Object.getPrototypeOf(ZstdSimple).zstdFrameHeaderSizeMax = 0;
  return ZstdSimple;
});

/** The library refuses to compress up to this many bytes. */
const tooSmall = 100;

parentPort?.on('message', (request: ZstdRequest) => {
  void answer(request).then((response) => {
    const transfer = 'bytes' in response ? [response.bytes.buffer as ArrayBuffer] : [];
    parentPort?.postMessage(response, transfer);
  });
});

async function answer(request: ZstdRequest): Promise<ZstdResponse> {
  try {
    const codec = await ready;
    const { bytes, work, level } = request;
    const result = work === 'compress' ? compress(codec, { bytes, level }) : codec.decompress(bytes);
    // A copy: what the library returns must not be transferred away.
    return { id: request.id, bytes: new Uint8Array(result) };
  } catch (error) {
    return { id: request.id, error: error instanceof Error ? error.message : String(error) };
  }
}

/** Opens each frame again and compares, because a damaged frame would only be noticed when its source is long gone. */
function compress(
  codec: SimpleCodec,
  input: { readonly bytes: Uint8Array; readonly level: number },
): Uint8Array {
  const { bytes, level } = input;
  if (bytes.length <= tooSmall) return storedFrame(bytes);
  const frame = codec.compress(bytes, level);
  if (Buffer.compare(codec.decompress(frame), bytes) !== 0)
    throw new Error('the frame does not hold the input');
  return frame;
}

/** A frame with one uncompressed block (RFC 8878 §3.1.1): single segment, one byte of content size, last raw block. */
function storedFrame(bytes: Uint8Array): Uint8Array {
  const block = (bytes.length << 3) | 1;
  const header = [0x28, 0xb5, 0x2f, 0xfd, 0x20, bytes.length, block & 0xff, (block >> 8) & 0xff, block >> 16];
  return Buffer.concat([Buffer.from(header), bytes]);
}
