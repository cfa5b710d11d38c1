import { KeyIndex } from './key-index.ts';
import { maskOperations } from './mask-operations.ts';
import type { Places } from './places.ts';
import { type OriginColumns, type SpanBlock, serves, type TextColumn } from './record-blocks.ts';
import { Texts } from './texts.ts';

/** Names that all tables of a comparison number alike. */
export interface Names {
  /** All are known before a table is made. */
  readonly places: Places;
  /** By number of the place: that of the first with the same name. */
  readonly samePlace: Uint32Array;
  readonly pods: Texts;
}

/** Spans of many traces, in columns by row, with what their parents tell of them. */
export class SpanTable {
  readonly rows: number;
  /** ns from the origin of the blocks, and ns. */
  readonly start: Float64Array;
  readonly duration: Float64Array;
  readonly role: Uint8Array;
  readonly failed: Uint8Array;
  /** Two halves for each row. */
  readonly trace: Uint32Array;
  /** Numbers in `Names`, and in the two below. */
  readonly place: Uint32Array;
  readonly pod: Uint32Array;
  readonly operation: Uint32Array;
  readonly peer: Uint32Array;
  readonly operations: Texts = new Texts();
  readonly peers: Texts = new Texts();
  /** The row of the parent; -1 where none is recorded. */
  readonly parent: Int32Array;
  /** The row of the span by which the request came into the workload of this one. */
  readonly entry: Int32Array;
  readonly #ids: KeyIndex;

  constructor(blocks: readonly SpanBlock[], { places, samePlace, pods }: Names) {
    this.rows = rowsOf(blocks);
    this.start = joined(new Float64Array(this.rows), blocks, ({ start }) => start);
    this.duration = joined(new Float64Array(this.rows), blocks, ({ duration }) => duration);
    this.role = joined(new Uint8Array(this.rows), blocks, ({ role }) => role);
    this.failed = joined(new Uint8Array(this.rows), blocks, ({ failed }) => failed);
    this.trace = joined(new Uint32Array(2 * this.rows), blocks, ({ trace }) => trace);
    this.place = placesOf(blocks, places).map((place) => samePlace[place] ?? place);
    this.pod = numbered(blocks, ({ pod }) => pod, pods);
    this.operation = numbered(blocks, ({ operation }) => operation, this.operations);
    this.peer = numbered(blocks, ({ peer }) => peer, this.peers);
    const ids = joined(new Uint32Array(2 * this.rows), blocks, ({ span }) => span);
    this.#ids = new KeyIndex(ids, (row, other) => this.#isBetter(row, other));
    const parents = joined(new Uint32Array(2 * this.rows), blocks, ({ parent }) => parent);
    this.parent = Int32Array.from({ length: this.rows }, (_, row) => {
      const found = this.find(parents[2 * row] ?? 0, parents[2 * row + 1] ?? 0);
      return found === row ? -1 : found;
    });
    this.entry = this.#entries();
    // Last: of spans with one id the whole name decides.
    maskOperations(this);
  }

  /** The row of the span with this hash; -1 for none. */
  find(low: number, high: number): number {
    return this.#ids.find(low, high);
  }

  /** Whether a span is the one by which a request came into its workload. */
  isEntry(row: number): boolean {
    return this.entry[row] === row;
  }

  /**
   * Where spans share an id (Zipkin's client and server do), others are below the serving one; else below the
   * earliest, then the longest, then the first by name, so that the order of the rows does not count.
   */
  #isBetter(row: number, other: number): boolean {
    const rank = (at: number): number => (serves(this.role[at] ?? 0) ? 1 : 0);
    const name = (at: number): string => this.operations.all[this.operation[at] ?? 0] ?? '';
    const difference =
      rank(row) - rank(other) ||
      (this.start[other] ?? 0) - (this.start[row] ?? 0) ||
      (this.duration[row] ?? 0) - (this.duration[other] ?? 0);
    return difference === 0 ? name(row) < name(other) : difference > 0;
  }

  #entries(): Int32Array {
    const entry = new Int32Array(this.rows).fill(unknown);
    const path: number[] = [];
    for (let row = 0; row < this.rows; row++) {
      path.length = 0;
      let found = entry[row] ?? unknown;
      for (let at = row; found === unknown; ) {
        entry[at] = onPath;
        path.push(at);
        const parent = this.parent[at] ?? -1;
        if (serves(this.role[at] ?? 0) || parent < 0 || this.place[parent] !== this.place[at]) found = at;
        else if (entry[parent] === onPath) found = this.#first(path.slice(path.indexOf(parent)));
        else found = entry[parent] ?? unknown;
        at = parent;
      }
      for (const at of path) entry[at] = found;
    }
    return entry;
  }

  /** The one of a circle of parents that is taken for its top. */
  #first(rows: readonly number[]): number {
    return rows.reduce((best, row) => (this.#isBetter(row, best) ? row : best));
  }
}

const unknown = -1;
const onPath = -2;

export const rowsOf = (blocks: readonly { readonly rows: number }[]): number =>
  blocks.reduce((sum, { rows }) => sum + rows, 0);

interface Numbers {
  readonly length: number;
  set(values: ArrayLike<number>, offset: number): void;
}

/** The columns of all blocks, one behind the other. */
export function joined<Block, To extends Numbers>(
  to: To,
  blocks: readonly Block[],
  columnOf: (block: Block) => ArrayLike<number>,
): To {
  let offset = 0;
  for (const block of blocks) {
    const column = columnOf(block);
    to.set(column, offset);
    offset += column.length;
  }
  return to;
}

/** The numbers of the texts of a column. */
export function numbered<Block extends { readonly rows: number }>(
  blocks: readonly Block[],
  columnOf: (block: Block) => TextColumn,
  texts: Texts,
): Uint32Array {
  const numbers = new Uint32Array(rowsOf(blocks));
  let offset = 0;
  for (const block of blocks) {
    texts.read(columnOf(block), numbers, offset);
    offset += block.rows;
  }
  return numbers;
}

/** The numbers of the workloads. */
export function placesOf(blocks: readonly OriginColumns[], places: Places): Uint32Array {
  const numbers = new Uint32Array(rowsOf(blocks));
  let offset = 0;
  for (const { rows, cluster, namespace, workload } of blocks) {
    const known = new Map<number, number>();
    for (let row = 0; row < rows; row++) {
      const [c, n, w] = [cluster.indices[row] ?? 0, namespace.indices[row] ?? 0, workload.indices[row] ?? 0];
      const key = (c * namespace.values.length + n) * workload.values.length + w;
      let number = known.get(key);
      if (number === undefined) {
        number = places.numberOf({
          cluster: cluster.values[c] ?? '',
          namespace: namespace.values[n] ?? '',
          workload: workload.values[w] ?? '',
        });
        known.set(key, number);
      }
      numbers[offset + row] = number;
    }
    offset += rows;
  }
  return numbers;
}
