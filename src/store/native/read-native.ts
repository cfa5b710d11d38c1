import type { Readable } from 'node:stream';
import { extractErrorAtTheEndOfChunk, parseError } from '@clickhouse/client';
import type { MemoryReleaser } from '../memory-releaser.ts';
import type { NativeBlock } from './native-column.ts';
import type { NativeDecoder } from './native-decoder.ts';
import { freeReceived } from './received-memory.ts';

/** ClickHouse's longest text of an error in a result is shorter. */
const tailBytes = 32 * 1024;
/** What may follow bytes that can't be decoded, where they are the start of an error. */
const mostAfterFailure = 1024 * 1024;

/**
 * Reads a result in Native to its end and hands each block on, which is read before the call returns. Where
 * `onBlock` throws, the stream is closed.
 *
 * @param exceptionTag the header X-ClickHouse-Exception-Tag: it marks an error that comes within the result
 * @param decoder that is between two results; it is again when the promise resolves
 * @param memory frees what was read
 * @throws the store's error, if the result ends with one; the stream's; NativeFormatError; what `onBlock` throws
 */
export function readNative(
  stream: Readable,
  exceptionTag: string | undefined,
  onBlock: (block: NativeBlock) => void,
  decoder: NativeDecoder,
  memory: MemoryReleaser,
): Promise<void> {
  const tail = new Tail(memory);
  const endFreeing = freeReceived(stream, memory, (bytes) => tail.holds(bytes));
  let failure: unknown;
  let bytesAfterFailure = 0;
  return new Promise((resolve, reject) => {
    const finish = (error: unknown): void => {
      stream.off('data', onData);
      endFreeing();
      if (error === undefined) resolve();
      else reject(storedError(tail.bytes, exceptionTag) ?? failure ?? error);
    };
    // As each chunk is decoded when it arrives, an error that cuts the connection finds all of them read.
    const onData = (chunk: Uint8Array): void => {
      tail.push(chunk);
      if (failure !== undefined) {
        bytesAfterFailure += chunk.length;
        if (bytesAfterFailure > mostAfterFailure) stream.destroy();
        return;
      }
      const blocks = decoder.push(chunk);
      for (;;) {
        let block: NativeBlock | undefined;
        try {
          block = blocks.next().value ?? undefined;
        } catch (error) {
          failure = error;
          return;
        }
        if (block === undefined) return;
        try {
          onBlock(block);
        } catch (error) {
          stream.off('data', onData);
          reject(error);
          stream.destroy();
          return;
        }
      }
    };
    stream.on('data', onData);
    stream.once('end', () => {
      try {
        decoder.end();
        finish(failure);
      } catch (error) {
        finish(error);
      }
    });
    stream.once('error', finish);
    stream.once('close', () => finish(new Error('the response was aborted')));
  });
}

/** The last bytes of a stream; those before are freed. */
class Tail {
  readonly #memory: MemoryReleaser;
  #chunks: Uint8Array[] = [];
  #length = 0;

  constructor(memory: MemoryReleaser) {
    this.#memory = memory;
  }

  /** Takes the next chunk. The one before has been read. */
  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    for (;;) {
      const [first] = this.#chunks;
      if (first === undefined || this.#length - first.length < tailBytes) return;
      this.#length -= first.length;
      this.#chunks.shift();
      this.#memory.release(first);
    }
  }

  holds(memory: ArrayBufferLike): boolean {
    return this.#chunks.some(({ buffer }) => buffer === memory);
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks).subarray(-tailBytes);
  }
}

/** The error that a result ends with. Older servers write its text alone. */
function storedError(tail: Buffer, exceptionTag: string | undefined): Error | undefined {
  if (exceptionTag !== undefined) {
    const isMarked = tail.includes(`__exception__\r\n${exceptionTag}\r\n`);
    return isMarked ? extractErrorAtTheEndOfChunk(tail, exceptionTag) : undefined;
  }
  const text = /Code: \d+\. DB::Exception: [\s\S]*$/.exec(tail.toString('latin1'))?.[0];
  return text === undefined ? undefined : parseError(text);
}
