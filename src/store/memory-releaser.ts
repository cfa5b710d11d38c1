import { MessageChannel, type MessagePort } from 'node:worker_threads';

/**
 * Frees memory that nothing uses any more. Large results would otherwise make the garbage collector mark the
 * whole heap every 64 MB, which takes longer than to send them.
 *
 * (`ArrayBuffer.prototype.transfer` needs Node.js 22.)
 */
export class MemoryReleaser {
  /** A port whose other end is gone: what is handed over to it is dropped. */
  #closedPort: MessagePort | undefined;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    port1.once('close', () => {
      this.#closedPort = port1;
    });
    port2.close();
  }

  /** Frees the memory of these bytes, if nothing else lies in it; in the first instant nothing at all. */
  release(bytes: Uint8Array): void {
    if (ownsMemory(bytes)) this.#closedPort?.postMessage(undefined, [bytes.buffer]);
  }
}

/** Whether nothing else lies in the memory of these bytes, so that it can be handed over instead of copied. */
export function ownsMemory(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer && bytes.buffer.byteLength === bytes.byteLength;
}
