import { RowBinaryWriter } from './row-binary-writer.ts';

/** Rows for one INSERT, in RowBinary. */
export interface RowBlock {
  readonly rows: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface RowBlockLimits {
  /** Days (UTC) that one block touches at most: tables are partitioned by day, and ClickHouse refuses an insert into more than 100 partitions. */
  readonly days: number;
  /** A block is closed once it is that long. */
  readonly bytes: number;
}

/** A little less than what a writer keeps, so that its buffer is used again. */
export const defaultRowBlockLimits: RowBlockLimits = { days: 90, bytes: 31 << 20 };

/** Rows of one day that follow one another. */
interface Run {
  readonly day: number;
  readonly start: number;
  end: number;
  rows: number;
}

/** Runs are the pieces that blocks are made of, so they must not be much longer than a block. */
const longestRun = 1 << 20;

/**
 * Collects rows of a table and cuts them into blocks. The same rows always make the same blocks. Blocks are
 * made as soon as they are full, so that all rows are held once.
 */
export class DayBlocks {
  /** Takes the values of a row, which `endRow` then closes. */
  readonly writer = new RowBinaryWriter();
  readonly #limits: RowBlockLimits;
  #runs: Run[] = [];
  #days: Set<number> = new Set();
  #closed: RowBlock[] = [];
  #closedBytes = 0;
  #rows = 0;
  #end = 0;

  constructor(limits: RowBlockLimits = defaultRowBlockLimits) {
    this.#limits = limits;
  }

  get rows(): number {
    return this.#rows;
  }

  get bytes(): number {
    return this.#closedBytes + this.writer.length;
  }

  /** What was written since the row before is a row of this day (days since the epoch). */
  endRow(day: number): void {
    const start = this.#end;
    const end = this.writer.length;
    const last = this.#runs.at(-1);
    if (last !== undefined && last.day === day && last.end - last.start < longestRun) {
      last.end = end;
      last.rows += 1;
    } else {
      this.#runs.push({ day, start, end, rows: 1 });
      this.#days.add(day);
    }
    this.#rows += 1;
    this.#end = end;
    // Rows of more days are put in order first.
    if (end >= this.#limits.bytes && this.#days.size <= this.#limits.days) this.#close();
  }

  /** Forgets all rows. */
  clear(): void {
    this.#forgetOpen();
    this.#closed = [];
    this.#closedBytes = 0;
    this.#rows = 0;
  }

  /** The blocks of all rows so far, which are then forgotten here. Rows of many days are ordered by day. */
  take(): RowBlock[] {
    this.#close();
    const blocks = this.#closed;
    this.clear();
    return blocks;
  }

  /** Makes blocks of the rows that are in none. */
  #close(): void {
    const runs =
      this.#days.size > this.#limits.days ? this.#runs.toSorted((a, b) => a.day - b.day) : this.#runs;
    for (const packed of this.#pack(runs)) this.#closed.push(this.#copy(packed));
    this.#closedBytes += this.writer.length;
    this.#forgetOpen();
  }

  #forgetOpen(): void {
    this.writer.reset();
    this.#end = 0;
    this.#runs = [];
    this.#days.clear();
  }

  #pack(runs: readonly Run[]): Run[][] {
    const packed: Run[][] = [];
    const days = new Set<number>();
    let bytes = 0;
    for (const run of runs) {
      const open = packed.at(-1);
      const full = bytes >= this.#limits.bytes || (days.size >= this.#limits.days && !days.has(run.day));
      if (open === undefined || full) {
        packed.push([run]);
        days.clear();
        bytes = 0;
      } else {
        open.push(run);
      }
      days.add(run.day);
      bytes += run.end - run.start;
    }
    return packed;
  }

  #copy(runs: readonly Run[]): RowBlock {
    const bytes = new Uint8Array(runs.reduce((sum, { start, end }) => sum + end - start, 0));
    let at = 0;
    for (const { start, end } of runs) {
      bytes.set(this.writer.view(start, end), at);
      at += end - start;
    }
    return { rows: runs.reduce((sum, { rows }) => sum + rows, 0), bytes };
  }
}
