import { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { MemoryReleaser } from '../memory-releaser.ts';

/**
 * Frees what a connection has read for a response as soon as the body was copied from it. Else each 64 KB wait for
 * the garbage collector, which then runs several times in a query of some megabytes.
 *
 * @param isKept whether a part of the body lies in this memory: Node.js copies it, but does not promise to
 * @returns what ends it
 */
export function freeReceived(
  stream: Readable,
  memory: MemoryReleaser,
  isKept: (memory: ArrayBufferLike) => boolean,
): () => void {
  if (!(stream instanceof IncomingMessage)) return () => undefined;
  const { socket } = stream;
  // It is called after the listener of the HTTP client, which was there first.
  const onRead = (bytes: Uint8Array): void => {
    if (!isKept(bytes.buffer)) memory.release(bytes);
  };
  socket.on('data', onRead);
  return () => {
    socket.off('data', onRead);
  };
}
