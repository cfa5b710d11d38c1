import { ByteReader, type Reading } from './byte-reader.ts';
import {
  type DictionaryColumn,
  type NativeBlock,
  type NativeColumn,
  NativeFormatError,
  type NumberArray,
} from './native-column.ts';
import { type NativeType, type NumberType, parseNativeType } from './native-type.ts';

/** What a block may hold, whatever it says. */
export interface NativeLimits {
  readonly rows: number;
  /** Memory of all columns of a block. */
  readonly bytes: number;
}

const defaultLimits: NativeLimits = { rows: 4_000_000, bytes: 512 * 1024 * 1024 };
const mostColumns = 100;
const longestName = 10_000;

/**
 * Decodes ClickHouse's Native format: blocks of columns, as bytes that arrive in chunks of any size. Numbers
 * are those of the bytes, NaNs included.
 *
 * Source: ClickHouse, src/Formats/NativeReader.cpp, and src/DataTypes/Serializations.
 */
export class NativeDecoder {
  readonly #reader = new ByteReader();
  readonly #memory: BlockMemory;
  readonly #types = new Map<string, NativeType>();
  #reading: Reading<NativeBlock> | undefined;

  constructor(limits: NativeLimits = defaultLimits) {
    this.#memory = new BlockMemory(limits);
  }

  /**
   * Takes a chunk and gives the blocks that it completes. A block's arrays are used again for the next one:
   * each has to be read before the iteration goes on.
   *
   * @throws NativeFormatError
   */
  *push(chunk: Uint8Array): Generator<NativeBlock, void> {
    this.#reader.feed(chunk);
    while (!this.#reader.isEmpty) {
      this.#reading ??= this.#block();
      const { done, value } = this.#reading.next();
      if (done !== true) return;
      this.#reading = undefined;
      yield value;
    }
  }

  /** How much memory it holds, in bytes. */
  get heldBytes(): number {
    return this.#memory.heldBytes;
  }

  /** Says that there is no more; another result may follow. @throws NativeFormatError within a block */
  end(): void {
    if (this.#reading !== undefined) throw new NativeFormatError('a result ends within a block');
  }

  *#block(): Reading<NativeBlock> {
    const reader = this.#reader;
    const memory = this.#memory;
    memory.reset();
    const columnCount = yield* reader.varint();
    const rows = yield* reader.varint();
    if (columnCount > mostColumns) throw new NativeFormatError(`a result has ${columnCount} columns`);
    memory.checkRows(rows);
    const columns: NativeColumn[] = [];
    for (let i = 0; i < columnCount; i++) {
      yield* this.#name();
      const type = this.#type(yield* this.#name());
      if (rows > 0) yield* this.#prefix(type);
      columns.push(yield* this.#column(type, rows));
    }
    return { rows, columns };
  }

  *#name(): Reading<string> {
    const length = yield* this.#reader.varint();
    if (length > longestName) throw new NativeFormatError('a name in a result is too long');
    const bytes = Buffer.alloc(length);
    yield* this.#reader.fill(bytes);
    return bytes.toString();
  }

  #type(name: string): NativeType {
    const known = this.#types.get(name);
    if (known !== undefined) return known;
    const type = parseNativeType(name);
    this.#types.set(name, type);
    return type;
  }

  /** What stands in front of a whole column: the version of each dictionary in it. */
  *#prefix(type: NativeType): Reading<void> {
    if (type.kind === 'lists') yield* this.#prefix(type.items);
    if (type.kind === 'maps') {
      yield* this.#prefix(type.keys);
      yield* this.#prefix(type.values);
    }
    if (type.kind !== 'dictionary') return;
    const version = yield* this.#reader.uint64();
    if (version !== 1) throw new NativeFormatError(`a dictionary of a result has the version ${version}`);
  }

  *#column(type: NativeType, rows: number): Reading<NativeColumn> {
    switch (type.kind) {
      case 'numbers':
        return { kind: 'numbers', values: yield* this.#numbers(type.name, rows) };
      case 'bytes':
        return yield* this.#bytes(rows);
      case 'dictionary':
        return yield* this.#dictionary(type.values, rows);
      case 'lists': {
        const ends = yield* this.#ends(rows);
        return { kind: 'lists', ends, items: yield* this.#column(type.items, ends.at(-1) ?? 0) };
      }
      case 'maps': {
        const ends = yield* this.#ends(rows);
        const items = ends.at(-1) ?? 0;
        const keys = yield* this.#column(type.keys, items);
        return { kind: 'maps', ends, keys, values: yield* this.#column(type.values, items) };
      }
    }
  }

  *#numbers(name: NumberType, rows: number): Reading<NumberArray> {
    const width = widths[name];
    const buffer = this.#memory.take(rows * width);
    yield* this.#reader.fill(new Uint8Array(buffer, 0, rows * width));
    return numberArray(name, buffer, rows);
  }

  *#bytes(rows: number): Reading<NativeColumn> {
    const reader = this.#reader;
    const memory = this.#memory;
    const ends = new Uint32Array(memory.take(rows * 4), 0, rows);
    let bytes = Buffer.from(memory.take(rows * 8));
    let size = 0;
    for (let i = 0; i < rows; i++) {
      let length = reader.shortVarint();
      if (length < 0) length = yield* reader.varint();
      const end = size + length;
      if (end > bytes.length) {
        const larger = Buffer.from(memory.take(end + Math.min(size, end)));
        larger.set(bytes.subarray(0, size));
        bytes = larger;
      }
      if (!reader.fillNow(bytes, size, end)) yield* reader.fill(bytes.subarray(size, end));
      ends[i] = end;
      size = end;
    }
    return { kind: 'bytes', ends, bytes };
  }

  *#dictionary(type: NativeType, rows: number): Reading<DictionaryColumn> {
    // A column without rows has nothing but its prefix.
    if (rows === 0) {
      return { kind: 'dictionary', indices: new Uint8Array(0), values: yield* this.#column(type, 0) };
    }
    const reader = this.#reader;
    const flags = yield* reader.uint64();
    const indexType = indexTypes[flags & 0xff];
    if (indexType === undefined || (flags & HAS_OWN_VALUES) === 0 || (flags & NEEDS_SHARED_VALUES) !== 0) {
      throw new NativeFormatError(`a dictionary of a result has the flags ${flags}`);
    }
    const count = yield* reader.uint64();
    this.#memory.checkRows(count);
    const values = yield* this.#column(type, count);
    const indexCount = yield* reader.uint64();
    if (indexCount !== rows) throw new NativeFormatError('a dictionary of a result has other rows');
    const indices = yield* this.#numbers(indexType, rows);
    if (indices instanceof Uint8Array || indices instanceof Uint16Array || indices instanceof Uint32Array) {
      return { kind: 'dictionary', indices, values };
    }
    throw new NativeFormatError('a dictionary of a result has other indices');
  }

  *#ends(rows: number): Reading<Uint32Array> {
    const ends = new Uint32Array(this.#memory.take(rows * 4), 0, rows);
    const offsets = new Uint32Array(this.#memory.take(rows * 8), 0, rows * 2);
    yield* this.#reader.fill(new Uint8Array(offsets.buffer, 0, rows * 8));
    let previous = 0;
    for (let i = 0; i < rows; i++) {
      const end = offsets[2 * i] ?? 0;
      if (offsets[2 * i + 1] !== 0 || end < previous) {
        throw new NativeFormatError('the lengths of lists in a result are wrong');
      }
      ends[i] = end;
      previous = end;
    }
    this.#memory.checkItems(previous);
    return ends;
  }
}

const HAS_OWN_VALUES = 512;
const NEEDS_SHARED_VALUES = 256;
const indexTypes: readonly NumberType[] = ['UInt8', 'UInt16', 'UInt32'];

const widths: Readonly<Record<NumberType, number>> = {
  UInt8: 1,
  UInt16: 2,
  UInt32: 4,
  UInt64: 8,
  Int8: 1,
  Int16: 2,
  Int32: 4,
  Int64: 8,
  Float32: 4,
  Float64: 8,
};

function numberArray(name: NumberType, buffer: ArrayBuffer, rows: number): NumberArray {
  switch (name) {
    case 'UInt8':
      return new Uint8Array(buffer, 0, rows);
    case 'UInt16':
      return new Uint16Array(buffer, 0, rows);
    case 'UInt32':
      return new Uint32Array(buffer, 0, rows);
    case 'UInt64':
      return new BigUint64Array(buffer, 0, rows);
    case 'Int8':
      return new Int8Array(buffer, 0, rows);
    case 'Int16':
      return new Int16Array(buffer, 0, rows);
    case 'Int32':
      return new Int32Array(buffer, 0, rows);
    case 'Int64':
      return new BigInt64Array(buffer, 0, rows);
    case 'Float32':
      return new Float32Array(buffer, 0, rows);
    case 'Float64':
      return new Float64Array(buffer, 0, rows);
  }
}

/**
 * The memory of a block's columns. Blocks of a result are alike, so the n-th piece of a block takes the place
 * of the n-th piece of the one before.
 */
class BlockMemory {
  readonly #limits: NativeLimits;
  readonly #pieces: ArrayBuffer[] = [];
  #next = 0;
  #taken = 0;

  constructor(limits: NativeLimits) {
    this.#limits = limits;
  }

  reset(): void {
    this.#next = 0;
    this.#taken = 0;
  }

  checkRows(rows: number): void {
    if (rows > this.#limits.rows) throw new NativeFormatError(`a block of a result has ${rows} rows`);
  }

  /** Items of lists take a byte each at least. */
  checkItems(items: number): void {
    if (items > this.#limits.bytes) throw new NativeFormatError(`a block of a result has ${items} items`);
  }

  get heldBytes(): number {
    return this.#pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** So many bytes or more; what is in them is left over. */
  take(bytes: number): ArrayBuffer {
    this.#taken += bytes;
    if (this.#taken > this.#limits.bytes) throw new NativeFormatError('a block of a result is too large');
    const index = this.#next++;
    const piece = this.#pieces[index];
    if (piece !== undefined && piece.byteLength >= bytes) return piece;
    const larger = new ArrayBuffer(bytes);
    this.#pieces[index] = larger;
    return larger;
  }
}
