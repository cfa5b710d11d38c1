import { isUtf8 } from 'node:buffer';
import type { TextCache } from '../otlp/text-cache.ts';
import { WireReader } from '../otlp/wire-reader.ts';

const REPLACEMENT = '\uFFFD';

/** Reads what remote write has beyond OTLP: strict texts, 64-bit integers as numbers, stale markers. */
export class MessageReader extends WireReader {
  readonly #view: DataView;

  constructor(bytes: Uint8Array, texts: TextCache) {
    super(bytes, texts);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** A string; undefined where its bytes are no UTF-8. */
  strictText(): string | undefined {
    const start = this.pos;
    const text = this.text();
    // U+FFFD stands for what is no UTF-8, and can be sent as itself too.
    if (!text.includes(REPLACEMENT)) return text;
    const end = this.pos;
    this.pos = start;
    this.messageEnd();
    const valid = isUtf8(this.buf.subarray(this.pos, end));
    this.pos = end;
    return valid ? text : undefined;
  }

  /** A double, or `stale` for Prometheus' stale marker, which is a NaN that only its bits tell. */
  doubleOrStale(): number | 'stale' {
    const at = this.pos;
    const value = this.double();
    const isStale = this.#view.getUint32(at, true) === 2 && this.#view.getUint32(at + 4, true) === 0x7ff00000;
    return isStale ? 'stale' : value;
  }

  /** An int64 as a number: exact up to 2^53. */
  integer(): number {
    const value = this.#varint();
    return typeof value === 'number' ? value : Number(BigInt.asIntN(64, value));
  }

  /** A uint64 as a number: exact up to 2^53. */
  count(): number {
    return Number(this.#varint());
  }

  /** A sint64 as a number: exact up to 2^53. */
  difference(): number {
    const value = this.#varint();
    if (typeof value === 'number') return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    return Number((value >> 1n) ^ -(value & 1n));
  }

  /**
   * The numbers of a repeated field, added to `into`: packed, or one of them. Those past `most` are passed over.
   *
   * @param tag the field's, as it was read
   */
  numbers(tag: number, into: number[], most: number, read: () => number): void {
    if ((tag & 7) !== 2) {
      const value = read();
      if (into.length < most) into.push(value);
      return;
    }
    const end = this.messageEnd();
    while (this.pos < end && into.length < most) into.push(read());
    if (this.pos < end) this.pos = end;
    this.closeMessage(end);
  }

  #varint(): number | bigint {
    const start = this.pos;
    let value = 0;
    for (let factor = 1; factor < 2 ** 49; factor *= 128) {
      const byte = this.pos < this.len ? this.buf[this.pos++] : undefined;
      if (byte === undefined) throw new RangeError('the data ends in a varint');
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
    this.pos = start;
    return BigInt.asUintN(64, this.signed64());
  }
}
