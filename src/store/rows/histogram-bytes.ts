import {
  type Buckets,
  type CounterResetHint,
  CUSTOM_BUCKETS_SCHEMA,
  createHistogram,
  type Histogram,
  NO_BUCKETS,
} from '../../promql/histogram.ts';

/*
 * A native histogram as bytes, version 1; numbers are little-endian, varints LEB128:
 *
 *     version                      1 byte
 *     hint, and 4 for whole counts 1 byte
 *     schema                       Int8
 *     zero threshold, sum          2 × Float64
 *     count, zero count            2 counts
 *     positive, negative buckets   each: varint n, n gaps, n counts
 *     custom values                varint n, n × Float64; only in the schema −53
 *
 * The gap of the first bucket is its index, folded so that small negative ones are short (zigzag); of the
 * others, how many indices lie between it and the one before. A count is a varint where all counts of the
 * histogram are whole numbers from 0 to 2^53 − 1, else a Float64.
 */

const VERSION = 1;
const hints: readonly CounterResetHint[] = ['unknown', 'reset', 'not_reset', 'gauge'];
const WHOLE_COUNTS = 4;
const HEADER_BYTES = 3 + 2 * 8;
const MOST_VARINT_BYTES = 8;
const MOST_INDEX = 2 ** 31 - 1;

/** A histogram as bytes; `decodeHistogram` gives the same back, each number with its bits but for those of NaN. */
export function encodeHistogram(histogram: Histogram): Uint8Array<ArrayBuffer> {
  const { positive, negative, customValues } = histogram;
  const buckets = positive.counts.length + negative.counts.length;
  const most = HEADER_BYTES + (5 + 2 * buckets + customValues.length) * MOST_VARINT_BYTES;
  const writer = new Writer(most);
  const whole = hasWholeCounts(histogram);
  const writeCount = whole
    ? (count: number): void => writer.varint(count)
    : (count: number): void => writer.float64(count);
  writer.uint8(VERSION);
  writer.uint8(hints.indexOf(histogram.hint) | (whole ? WHOLE_COUNTS : 0));
  writer.uint8(histogram.schema);
  writer.float64(histogram.zeroThreshold);
  writer.float64(histogram.sum);
  writeCount(histogram.count);
  writeCount(histogram.zeroCount);
  for (const { indices, counts } of [positive, negative]) {
    writer.varint(indices.length);
    indices.forEach((index, i) => {
      const previous = indices[i - 1];
      writer.varint(previous === undefined ? zigzag(index) : index - previous - 1);
    });
    counts.forEach(writeCount);
  }
  if (histogram.schema === CUSTOM_BUCKETS_SCHEMA) {
    writer.varint(customValues.length);
    for (const bound of customValues) writer.float64(bound);
  }
  return writer.bytes();
}

/** @throws Error where the bytes are no histogram that `encodeHistogram` could have written. */
export function decodeHistogram(bytes: Uint8Array): Histogram {
  const reader = new Reader(bytes);
  const version = reader.uint8();
  if (version !== VERSION) throw new Error(`a stored histogram has the unknown version ${version}`);
  const flags = reader.uint8();
  const hint = hints[flags & ~WHOLE_COUNTS];
  if (hint === undefined) throw new Error(`a stored histogram has the unknown flags ${flags}`);
  const whole = (flags & WHOLE_COUNTS) !== 0;
  const schema = (reader.uint8() << 24) >> 24;
  const custom = schema === CUSTOM_BUCKETS_SCHEMA;
  if (!custom && (schema < -4 || schema > 8)) {
    throw new Error(`a stored histogram has the unknown schema ${schema}`);
  }
  const zeroThreshold = reader.float64();
  const sum = reader.float64();
  const count = whole ? reader.varint() : reader.float64();
  const zeroCount = whole ? reader.varint() : reader.float64();
  const positive = readBuckets(reader, whole);
  const negative = readBuckets(reader, whole);
  const parts = { hint, schema, zeroThreshold, sum, count, zeroCount, positive, negative };
  const histogram = createHistogram(custom ? { ...parts, customValues: readFloats(reader) } : parts);
  reader.end();
  return histogram;
}

function hasWholeCounts({ count, zeroCount, positive, negative }: Histogram): boolean {
  return (
    isWhole(count) && isWhole(zeroCount) && positive.counts.every(isWhole) && negative.counts.every(isWhole)
  );
}

const isWhole = (count: number): boolean =>
  Number.isSafeInteger(count) && count >= 0 && !Object.is(count, -0);

const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);
const unzigzag = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2);

function readBuckets(reader: Reader, whole: boolean): Buckets {
  const length = reader.length(whole ? 2 : 9);
  if (length === 0) return NO_BUCKETS;
  const indices = new Int32Array(length);
  let index = unzigzag(reader.varint());
  for (let i = 0; i < length; i++) {
    if (i > 0) index += reader.varint() + 1;
    if (index > MOST_INDEX || index < -MOST_INDEX - 1) throw malformed();
    indices[i] = index;
  }
  const counts = new Float64Array(length);
  for (let i = 0; i < length; i++) counts[i] = whole ? reader.varint() : reader.float64();
  return { indices, counts };
}

function readFloats(reader: Reader): Float64Array {
  const values = new Float64Array(reader.length(8));
  for (let i = 0; i < values.length; i++) values[i] = reader.float64();
  return values;
}

const malformed = (): Error => new Error('a stored histogram is malformed');

class Writer {
  readonly #view: DataView<ArrayBuffer>;
  #length = 0;

  constructor(capacity: number) {
    this.#view = new DataView(new ArrayBuffer(capacity));
  }

  uint8(value: number): void {
    this.#view.setUint8(this.#length++, value);
  }

  float64(value: number): void {
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  /** Whole numbers from 0 to 2^53 − 1. */
  varint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.uint8((rest % 128) | 128);
      rest = Math.floor(rest / 128);
    }
    this.uint8(rest);
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#view.buffer.slice(0, this.#length));
  }
}

class Reader {
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  uint8(): number {
    this.#need(1);
    return this.#view.getUint8(this.#at++);
  }

  float64(): number {
    this.#need(8);
    const value = this.#view.getFloat64(this.#at, true);
    this.#at += 8;
    return value;
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 53; scale *= 128) {
      const byte = this.uint8();
      value += (byte % 128) * scale;
      if (byte < 128) {
        if (!Number.isSafeInteger(value)) throw malformed();
        return value;
      }
    }
    throw malformed();
  }

  /** How many items follow, of so many bytes at least: never more than there is room for. */
  length(itemBytes: number): number {
    const length = this.varint();
    this.#need(length * itemBytes);
    return length;
  }

  end(): void {
    if (this.#at !== this.#view.byteLength) throw malformed();
  }

  #need(size: number): void {
    if (this.#at + size > this.#view.byteLength) throw malformed();
  }
}
