import { DayBlocks, type RowBlock, type RowBlockLimits } from './day-blocks.ts';
import type { Origin } from './record.ts';
import type { RowEncoder } from './row-encoder.ts';

export type { RowBlock } from './day-blocks.ts';

const dayNanoseconds = 86_400_000_000_000n;

/** Collects records of one signal as rows, cut into blocks. The same records always make the same blocks. */
export class RowBlocks<R> {
  readonly #encoder: RowEncoder<R>;
  readonly #blocks: DayBlocks;
  #origin: Origin | undefined;
  #originBytes: Uint8Array = new Uint8Array();
  #day = 0;
  #dayStart = 0n;
  #dayEnd = 0n;

  constructor(encoder: RowEncoder<R>, limits?: RowBlockLimits) {
    this.#encoder = encoder;
    this.#blocks = new DayBlocks(limits);
  }

  get rows(): number {
    return this.#blocks.rows;
  }

  get bytes(): number {
    return this.#blocks.bytes;
  }

  add(record: R, origin: Origin): void {
    if (origin !== this.#origin) this.#prepareOrigin(origin);
    const { writer } = this.#blocks;
    this.#encoder.record(writer, record);
    writer.raw(this.#originBytes);
    this.#blocks.endRow(this.#dayOf(this.#encoder.time(record)));
  }

  /** Forgets all rows. */
  clear(): void {
    this.#blocks.clear();
  }

  /** The blocks of all rows so far, which are then forgotten here. */
  take(): RowBlock[] {
    return this.#blocks.take();
  }

  #prepareOrigin(origin: Origin): void {
    const { writer } = this.#blocks;
    const start = writer.length;
    this.#encoder.origin(writer, origin);
    this.#originBytes = new Uint8Array(writer.view(start, writer.length));
    writer.truncate(start);
    this.#origin = origin;
  }

  #dayOf(time: bigint): number {
    if (time < this.#dayStart || time >= this.#dayEnd) {
      const day = time / dayNanoseconds;
      this.#day = Number(day);
      this.#dayStart = day * dayNanoseconds;
      this.#dayEnd = this.#dayStart + dayNanoseconds;
    }
    return this.#day;
  }
}
