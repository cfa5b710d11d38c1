import type { MatrixSeries } from '../promql/query-result.ts';
import type { StretchBlock } from '../telemetry/window-records/metric-block.ts';

/** One of the two times, as a grid of milliseconds: evaluations are at the last millisecond of each stretch. */
export interface ComparedTime {
  /** 0 for the baseline, 1 for the window. */
  readonly side: 0 | 1;
  /** ms since the epoch. */
  readonly from: number;
  readonly stretches: number;
}

/** The stretches of series on one side, in columns. */
export class StretchRows {
  readonly #side: ComparedTime;
  readonly #stretch: number;
  readonly #series: number[] = [];
  readonly #slots: number[] = [];
  readonly #values: number[] = [];
  readonly #times: number[] = [];

  constructor(side: ComparedTime, stretch: number) {
    this.#side = side;
    this.#stretch = stretch;
  }

  addAverages(place: number, { timestamps, values }: MatrixSeries): void {
    timestamps.forEach((time, i) => {
      const value = values[i] ?? Number.NaN;
      if (Number.isFinite(value)) this.#add(place, this.#slotOf(time), value, 0);
    });
  }

  /** @param time when the samples were taken, s since the epoch: one from before its stretch is none of it */
  addCounts(place: number, value: MatrixSeries, time: MatrixSeries): void {
    const taken = new Map<number, number>();
    time.timestamps.forEach((at, i) => {
      taken.set(at, time.values[i] ?? 0);
    });
    value.timestamps.forEach((at, i) => {
      const [seconds, count] = [taken.get(at) ?? 0, value.values[i] ?? Number.NaN];
      if (seconds * 1000 > at - this.#stretch && Number.isFinite(count)) {
        this.#add(place, this.#slotOf(at), count, seconds);
      }
    });
  }

  block(): StretchBlock {
    const values = Float64Array.from(this.#values);
    const times = Float64Array.from(this.#times);
    return {
      series: Uint32Array.from(this.#series),
      side: new Uint8Array(values.length).fill(this.#side.side),
      stretch: Int32Array.from(this.#slots),
      average: values,
      // One sample of each stretch is known, so nothing rose within it.
      first: values,
      last: values,
      firstTime: times,
      lastTime: times,
      increase: new Float64Array(values.length),
    };
  }

  /** The stretch that ends right after a time; the one before the first is -1. */
  #slotOf(time: number): number {
    return Math.round((time + 1 - this.#side.from) / this.#stretch) - 1;
  }

  #add(place: number, slot: number, value: number, time: number): void {
    this.#series.push(place);
    this.#slots.push(slot);
    this.#values.push(value);
    this.#times.push(time);
  }
}
