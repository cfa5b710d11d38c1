import type { Attributes } from './record.ts';

const standardCapacity = 1 << 20;
/** A larger buffer is given back after use. */
const keptCapacity = 32 << 20;
/** Up to here a copy loop beats the call into native code. */
const shortText = 40;
/** From here on the exact size is worth counting: three bytes for each character would reserve too much. */
const longText = 1 << 16;

/**
 * Writes values in ClickHouse's RowBinary format into one buffer that grows.
 * https://clickhouse.com/docs/interfaces/formats/RowBinary
 */
export class RowBinaryWriter {
  readonly #initialCapacity: number;
  #buffer: Buffer<ArrayBuffer>;
  #view: DataView;
  #length = 0;

  /** @param capacity bytes that there is room for at once */
  constructor(capacity = standardCapacity) {
    this.#initialCapacity = capacity;
    this.#buffer = Buffer.allocUnsafeSlow(capacity);
    this.#view = viewOf(this.#buffer);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /** Forgets all that was written. */
  reset(): void {
    this.#length = 0;
    if (this.#buffer.length <= keptCapacity) return;
    this.#buffer = Buffer.allocUnsafeSlow(this.#initialCapacity);
    this.#view = viewOf(this.#buffer);
  }

  /** Forgets what was written after the first `length` bytes. */
  truncate(length: number): void {
    if (length > this.#length) throw new RangeError(`${length} bytes were not written yet`);
    this.#length = length;
  }

  /** Bytes from `start` to `end`: a view that holds until the next write. */
  view(start: number, end: number): Uint8Array {
    return this.#buffer.subarray(start, Math.min(end, this.#length));
  }

  /** UInt8; the lowest eight bits. */
  uint8(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#length++] = value;
  }

  /** Int64 and DateTime64. */
  int64(value: bigint): void {
    this.#reserve(8);
    this.#view.setBigInt64(this.#length, value, true);
    this.#length += 8;
  }

  uint64(value: bigint): void {
    this.#reserve(8);
    this.#view.setBigUint64(this.#length, value, true);
    this.#length += 8;
  }

  /** Int64 and DateTime64 of a whole number between -2^53 and 2^53. */
  safeInt64(value: number): void {
    this.#reserve(8);
    this.#view.setUint32(this.#length, value, true);
    this.#view.setInt32(this.#length + 4, Math.floor(value / 2 ** 32), true);
    this.#length += 8;
  }

  /** UInt16 and Date. */
  uint16(value: number): void {
    this.#reserve(2);
    this.#view.setUint16(this.#length, value, true);
    this.#length += 2;
  }

  /** Float64. Of a NaN only that it is one stays. */
  float64(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  /** The length in front of strings, arrays and maps: LEB128; up to 2^32 - 1. */
  varint(value: number): void {
    this.#reserve(5);
    this.#putVarint(value);
  }

  /** String of any bytes. */
  bytes(bytes: Uint8Array): void {
    this.varint(bytes.length);
    this.raw(bytes);
  }

  /** Values that are in RowBinary already. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** The first bytes of values that are in RowBinary already. */
  rawStart(bytes: Uint8Array, length: number): void {
    if (length > shortText) {
      this.raw(bytes.subarray(0, length));
      return;
    }
    this.#reserve(length);
    const buffer = this.#buffer;
    const start = this.#length;
    for (let i = 0; i < length; i++) buffer[start + i] = bytes[i] ?? 0;
    this.#length = start + length;
  }

  /** String, as UTF-8; half a surrogate pair becomes U+FFFD. */
  string(text: string): void {
    const { length } = text;
    if (length >= shortText) {
      this.#longString(text);
      return;
    }
    this.#reserve(length * 3 + 1);
    const buffer = this.#buffer;
    const start = this.#length + 1;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 127) {
        this.#shortUnicode(text);
        return;
      }
      buffer[start + i] = unit;
    }
    buffer[this.#length] = length;
    this.#length = start + length;
  }

  /** Map(String, String). */
  attributes(attributes: Attributes): void {
    this.varint(attributes.length / 2);
    for (const text of attributes) this.string(text);
  }

  #shortUnicode(text: string): void {
    const size = this.#buffer.write(text, this.#length + 1);
    this.#buffer[this.#length] = size;
    this.#length += size + 1;
  }

  #longString(text: string): void {
    const most = text.length < longText ? text.length * 3 : Buffer.byteLength(text);
    this.#reserve(most + 5);
    const guess = varintSize(text.length);
    const size = this.#buffer.write(text, this.#length + guess);
    const needed = varintSize(size);
    if (needed !== guess) {
      const start = this.#length + guess;
      this.#buffer.copyWithin(this.#length + needed, start, start + size);
    }
    this.#putVarint(size);
    this.#length += size;
  }

  #putVarint(value: number): void {
    let rest = value;
    while (rest > 127) {
      this.#buffer[this.#length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.#buffer[this.#length++] = rest;
  }

  #reserve(size: number): void {
    const needed = this.#length + size;
    if (needed > this.#buffer.length) this.#grow(needed);
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
    this.#view = viewOf(larger);
  }
}

function varintSize(value: number): number {
  if (value < 1 << 7) return 1;
  if (value < 1 << 14) return 2;
  if (value < 1 << 21) return 3;
  return value < 1 << 28 ? 4 : 5;
}

function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
