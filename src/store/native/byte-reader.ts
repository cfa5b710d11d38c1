import { NativeFormatError } from './native-column.ts';

/** A part of the decoding: it yields where it needs the next chunk. */
export type Reading<T> = Generator<void, T, void>;

/** Reads bytes that arrive in chunks of any size. */
export class ByteReader {
  #chunk: Uint8Array = new Uint8Array(0);
  #at = 0;

  /** Hands in the next chunk, when the one before is used up. */
  feed(chunk: Uint8Array): void {
    this.#chunk = chunk;
    this.#at = 0;
  }

  /** Whether the chunk is used up. */
  get isEmpty(): boolean {
    return this.#at === this.#chunk.length;
  }

  *byte(): Reading<number> {
    while (this.isEmpty) yield;
    return this.#chunk[this.#at++] ?? 0;
  }

  /** A number in LEB128, up to 2^53 − 1. */
  *varint(): Reading<number> {
    let value = 0;
    for (let scale = 1; scale < 2 ** 53; scale *= 128) {
      const byte = yield* this.byte();
      value += (byte & 127) * scale;
      if (byte < 128 && Number.isSafeInteger(value)) return value;
    }
    throw new NativeFormatError('a length in a result is out of range');
  }

  /** A varint of one byte that is here already, else -1. */
  shortVarint(): number {
    const byte = this.#chunk[this.#at];
    if (byte === undefined || byte > 127) return -1;
    this.#at++;
    return byte;
  }

  /** A number in 8 bytes, up to 2^53 − 1. */
  *uint64(): Reading<number> {
    const bytes = new Uint8Array(8);
    yield* this.fill(bytes);
    const value = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    if (Number.isSafeInteger(value)) return value;
    throw new NativeFormatError('a length in a result is out of range');
  }

  /** Fills the target. */
  *fill(target: Uint8Array): Reading<void> {
    let filled = this.#copy(target, 0, target.length);
    while (filled < target.length) {
      yield;
      filled += this.#copy(target, filled, target.length);
    }
  }

  /** Fills a part of the target, if all of it is here. */
  fillNow(target: Uint8Array, start: number, end: number): boolean {
    if (this.#chunk.length - this.#at < end - start) return false;
    this.#copy(target, start, end);
    return true;
  }

  #copy(target: Uint8Array, start: number, end: number): number {
    const chunk = this.#chunk;
    const from = this.#at;
    const length = Math.min(end - start, chunk.length - from);
    // A view costs more than a few bytes.
    if (length > 24) target.set(chunk.subarray(from, from + length), start);
    else for (let i = 0; i < length; i++) target[start + i] = chunk[from + i] ?? 0;
    this.#at = from + length;
    return length;
  }
}
