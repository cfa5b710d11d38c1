import protobuf from 'protobufjs/minimal.js';
import type { TextCache } from './text-cache.ts';

/** Reads the fields of protobuf messages from one buffer. Errors are those of protobufjs; `pos` tells where. */
export class WireReader extends protobuf.Reader {
  readonly #buffer: Buffer;
  readonly #view: DataView;
  readonly #texts: TextCache;

  constructor(bytes: Uint8Array, texts: TextCache) {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    super(buffer);
    this.#buffer = buffer;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#texts = texts;
  }

  /** Goes to a position that was noted before. */
  at(position: number): this {
    this.pos = position;
    return this;
  }

  /** Starts a message that is a field: reads its length. Returns the position where it ends. */
  messageEnd(): number {
    const length = this.size();
    const end = this.pos + length;
    if (end > this.len) throw new RangeError('the message ends past the data');
    return end;
  }

  /** Checks that the fields of a message filled it exactly. */
  closeMessage(end: number): void {
    if (this.pos !== end) throw new RangeError('a field ends past its message');
  }

  /** Passes a field that is not needed, or whose wire type is not that of the field. */
  skipField(tag: number): void {
    this.skipType(tag & 7, 0, tag >>> 3);
  }

  /** A string; what is no UTF-8 becomes U+FFFD. */
  text(): string {
    const end = this.messageEnd();
    const text = this.#texts.read(this.#buffer, this.pos, end);
    this.pos = end;
    return text;
  }

  /** Bytes as lower-case hexadecimal digits. */
  hexadecimal(): string {
    const end = this.messageEnd();
    const text = this.#buffer.toString('hex', this.pos, end);
    this.pos = end;
    return text;
  }

  /** A copy of bytes. */
  ownBytes(): Uint8Array {
    const end = this.messageEnd();
    const bytes = new Uint8Array(this.buf.subarray(this.pos, end));
    this.pos = end;
    return bytes;
  }

  unsigned64(): bigint {
    if (this.pos + 8 > this.len) throw new RangeError('the data ends in a 64-bit number');
    const value = this.#view.getBigUint64(this.pos, true);
    this.pos += 8;
    return value;
  }

  /** A varint as a signed 64-bit integer. */
  signed64(): bigint {
    let low = 0;
    for (let factor = 1; factor < 2 ** 49; factor *= 128) {
      const byte = this.#byte();
      low += (byte & 127) * factor;
      if (byte < 128) return BigInt(low);
    }
    let value = BigInt(low);
    for (let shift = 49n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asIntN(64, value);
    }
    throw new Error('a varint is longer than ten bytes');
  }

  #byte(): number {
    const byte = this.pos < this.len ? this.buf[this.pos++] : undefined;
    if (byte === undefined) throw new RangeError('the data ends in a varint');
    return byte;
  }
}
