/** Arrays of numbers of one width. */
export type NumberArray =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Float32Array
  | Float64Array
  | BigUint64Array
  | BigInt64Array;

/**
 * A column of a block, by the type it has in ClickHouse:
 * - `numbers`: numbers as they are; Date is days since the epoch (Uint16Array), DateTime seconds (Uint32Array),
 *   DateTime64(p) its ticks (BigInt64Array), Bool 0 or 1 (Uint8Array).
 * - `bytes`: String: the row i is `bytes` from the end of the row before to `ends[i]`.
 * - `dictionary`: LowCardinality: the row i has the value `indices[i]` of `values`.
 * - `lists`: Array: the row i is `items` from the end of the row before to `ends[i]`.
 * - `maps`: Map: likewise, of `keys` and `values`.
 */
export type NativeColumn =
  | { readonly kind: 'numbers'; readonly values: NumberArray }
  | BytesColumn
  | DictionaryColumn
  | { readonly kind: 'lists'; readonly ends: Uint32Array; readonly items: NativeColumn }
  | {
      readonly kind: 'maps';
      readonly ends: Uint32Array;
      readonly keys: NativeColumn;
      readonly values: NativeColumn;
    };

export interface BytesColumn {
  readonly kind: 'bytes';
  readonly ends: Uint32Array;
  readonly bytes: Buffer;
}

export interface DictionaryColumn {
  readonly kind: 'dictionary';
  readonly indices: Uint8Array | Uint16Array | Uint32Array;
  readonly values: NativeColumn;
}

/** Rows of a result. What it holds is overwritten by the next block. */
export interface NativeBlock {
  readonly rows: number;
  readonly columns: readonly NativeColumn[];
}

/** A result that is not what was asked for: a fault of ours or of the store. */
export class NativeFormatError extends Error {
  override readonly name = 'NativeFormatError';
}

/** The numbers of a column that must be of this kind, such as `Float64Array`. */
export function numbersOf<T extends NumberArray>(
  block: NativeBlock,
  index: number,
  kind: abstract new (length: number) => T,
): T {
  const column = block.columns[index];
  if (column?.kind === 'numbers' && column.values instanceof kind) return column.values;
  throw new NativeFormatError(`the column ${index} of a result is no ${kind.name}`);
}

/** A column of a block that must be of this kind. */
export function columnOf<K extends NativeColumn['kind']>(
  block: NativeBlock,
  index: number,
  kind: K,
): Extract<NativeColumn, { kind: K }> {
  return ofKind(block.columns[index], kind);
}

/** A column that must be of this kind. */
export function ofKind<K extends NativeColumn['kind']>(
  column: NativeColumn | undefined,
  kind: K,
): Extract<NativeColumn, { kind: K }> {
  if (isOfKind(column, kind)) return column;
  throw new NativeFormatError(`a column of a result has ${column?.kind ?? 'nothing'}, not ${kind}`);
}

function isOfKind<K extends NativeColumn['kind']>(
  column: NativeColumn | undefined,
  kind: K,
): column is Extract<NativeColumn, { kind: K }> {
  return column?.kind === kind;
}

/** The texts of a column of String or LowCardinality(String); of the latter, each value is made once. */
export function textsOf(column: NativeColumn): string[] {
  if (column.kind === 'dictionary') {
    const values = textsOf(column.values);
    return Array.from(column.indices, (index) => values[index] ?? '');
  }
  const { bytes, ends } = ofKind(column, 'bytes');
  const texts = new Array<string>(ends.length);
  let start = 0;
  for (let i = 0; i < ends.length; i++) {
    const end = ends[i] ?? 0;
    texts[i] = bytes.toString('utf8', start, end);
    start = end;
  }
  return texts;
}
