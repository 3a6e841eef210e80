/** Worker thread: zstd by WebAssembly, for Node before 22.15. One request at a time, answered by its number. */
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

const ready = ZstdInit();

parentPort?.on('message', (request: ZstdRequest) => {
  void answer(request).then((response) => {
    const transfer = 'bytes' in response ? [response.bytes.buffer as ArrayBuffer] : [];
    parentPort?.postMessage(response, transfer);
  });
});

async function answer(request: ZstdRequest): Promise<ZstdResponse> {
  try {
    const { ZstdSimple } = await ready;
    const result =
      request.work === 'compress'
        ? ZstdSimple.compress(request.bytes, request.level)
        : ZstdSimple.decompress(request.bytes);
    // A copy: the result may be a view of the WebAssembly memory, which must not be transferred away.
    return { id: request.id, bytes: new Uint8Array(result) };
  } catch (error) {
    return { id: request.id, error: error instanceof Error ? error.message : String(error) };
  }
}
