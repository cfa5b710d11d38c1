import type { Limits } from '../access/principal.ts';
import type { Origin } from '../store/rows/record.ts';
import { type RowBlock, RowBlocks } from '../store/rows/row-blocks.ts';
import type { RowEncoder } from '../store/rows/row-encoder.ts';
import { type Admission, originRejection } from './admission.ts';
import { PayloadTooLargeError } from './payload-too-large.ts';
import { type Count, Tally } from './tally.ts';

/** What records are judged by. */
export interface Terms {
  /** When they arrived, nanoseconds since the epoch. */
  readonly arrival: bigint;
  /** What the sender's key may write. */
  readonly limits: Limits;
}

/** What one request may come to. */
export interface BatchLimits {
  readonly records: number;
  /** Bytes of rows: a long resource before many short records multiplies. */
  readonly rowBytes: number;
}

/** How many records of one signal were taken; of metrics, points: samples in remote write, data points in OTLP. */
export interface BatchCounts {
  readonly accepted: number;
  readonly rejected: number;
  /** Why records were rejected. */
  readonly rejections: readonly Count[];
  /** What was put right in records that were accepted. */
  readonly warnings: readonly Count[];
}

/** What became of the records of one signal. */
export interface BatchResult extends BatchCounts {
  readonly blocks: readonly RowBlock[];
  /** Some records are stored under their arrival. */
  readonly atArrival: boolean;
}

/** Admits records of one signal and turns them into rows. */
export class Batch<R> {
  readonly #admit: (record: R, arrival: bigint) => Admission<R>;
  readonly #rows: RowBlocks<R>;
  readonly #limits: BatchLimits;
  #rejections = new Tally();
  #warnings = new Tally();
  #records = 0;
  #atArrival = false;
  #origin: Origin | undefined;
  #originRejection: string | undefined;

  constructor(
    encoder: RowEncoder<R>,
    admit: (record: R, arrival: bigint) => Admission<R>,
    limits: BatchLimits,
  ) {
    this.#admit = admit;
    this.#rows = new RowBlocks(encoder);
    this.#limits = limits;
  }

  /** Throws `PayloadTooLargeError` past a limit. */
  add(record: R, origin: Origin, terms: Terms): void {
    this.#records += 1;
    if (this.#records > this.#limits.records) {
      throw new PayloadTooLargeError(
        `there are more than ${this.#limits.records} records; send smaller batches`,
      );
    }
    if (origin !== this.#origin) {
      this.#origin = origin;
      this.#originRejection = originRejection(origin, terms.limits);
    }
    if (this.#originRejection !== undefined) {
      this.#rejections.add(this.#originRejection);
      return;
    }
    const admission = this.#admit(record, terms.arrival);
    if ('rejection' in admission) {
      this.#rejections.add(admission.rejection);
      return;
    }
    if (admission.warning !== undefined) this.#warnings.add(admission.warning);
    this.#atArrival ||= admission.atArrival === true;
    this.#rows.add(admission.record, origin);
    if (this.#rows.bytes > this.#limits.rowBytes) {
      throw new PayloadTooLargeError(
        `the records make more than ${this.#limits.rowBytes} bytes with the attributes of their resources; send smaller batches`,
      );
    }
  }

  /** Takes out what came since the last time. */
  take(): BatchResult {
    const accepted = this.#rows.rows;
    const result = {
      blocks: this.#rows.take(),
      accepted,
      rejected: this.#rejections.total,
      rejections: this.#rejections.toCounts(),
      warnings: this.#warnings.toCounts(),
      atArrival: this.#atArrival,
    };
    this.clear();
    return result;
  }

  /** Forgets what came since the last time. */
  clear(): void {
    this.#rows.clear();
    this.#rejections = new Tally();
    this.#warnings = new Tally();
    this.#origin = undefined;
    this.#records = 0;
    this.#atArrival = false;
  }
}
