import type { Histogram } from '../histogram.ts';
import type { Labels } from '../labels.ts';

/** What a series has at a step. */
export const ABSENT = 0;
export const FLOAT = 1;
export const HISTOGRAM = 2;

/**
 * A series of an instant vector at all steps of a grid, in columns. The arrays may be shared with other
 * series: nothing writes to them after they were filled.
 */
export interface StepSeries {
  readonly labels: Labels;
  /** The metric's name is to be dropped at the end, as the values no longer are those of the metric. */
  readonly dropName: boolean;
  /** ABSENT, FLOAT or HISTOGRAM at each step. */
  readonly kinds: Uint8Array;
  /** The values of floats. */
  readonly values: Float64Array;
  /** The values of histograms; undefined where the series has none at all. */
  readonly histograms: readonly (Histogram | undefined)[] | undefined;
}

/** The value of an expression at all steps of a grid. */
export type Value =
  | { readonly type: 'scalar'; readonly values: Float64Array }
  | { readonly type: 'string'; readonly text: string }
  | { readonly type: 'vector'; readonly series: readonly StepSeries[] };

/** A scalar value. */
export function scalar(values: Float64Array): Value {
  return { type: 'scalar', values };
}

/** An instant vector. */
export function vector(series: readonly StepSeries[]): Value {
  return { type: 'vector', series };
}

/** What a piece of columns holds at most, the greater of both: it lives as long as any of its series. */
const seriesPerPiece = 16;
const numbersPerPiece = 1_024;

/** Makes the columns of many series in few pieces of memory: to make and collect one for each takes longer. */
export class StepColumns {
  #kinds = new ArrayBuffer(0);
  #values = new ArrayBuffer(0);
  #taken = 0;
  #length = 0;
  #next = 0;

  /** Nothing at each step, and room for the values. */
  take(count: number): { readonly kinds: Uint8Array; readonly values: Float64Array } {
    if (this.#taken + count > this.#length) this.#begin(count);
    const at = this.#taken;
    this.#taken += count;
    return {
      kinds: new Uint8Array(this.#kinds, at, count),
      values: new Float64Array(this.#values, at * Float64Array.BYTES_PER_ELEMENT, count),
    };
  }

  #begin(count: number): void {
    const most = Math.max(seriesPerPiece * count, numbersPerPiece);
    this.#length = Math.max(count, Math.min(this.#next, most));
    this.#next = 2 * this.#length;
    this.#kinds = new ArrayBuffer(this.#length);
    this.#values = new ArrayBuffer(this.#length * Float64Array.BYTES_PER_ELEMENT);
    this.#taken = 0;
  }
}

/** A step series while it is filled. */
export class StepSeriesBuilder {
  readonly kinds: Uint8Array;
  readonly values: Float64Array;
  #histograms: (Histogram | undefined)[] | undefined;
  #isEmpty = true;

  /** @param columns where there are many series */
  constructor(count: number, columns?: StepColumns) {
    const taken = columns?.take(count);
    this.kinds = taken?.kinds ?? new Uint8Array(count);
    this.values = taken?.values ?? new Float64Array(count);
  }

  /** Whether no step has a value yet. */
  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  setFloat(step: number, value: number): void {
    this.kinds[step] = FLOAT;
    this.values[step] = value;
    this.#isEmpty = false;
  }

  setHistogram(step: number, histogram: Histogram): void {
    this.kinds[step] = HISTOGRAM;
    this.#histograms ??= new Array<Histogram | undefined>(this.kinds.length).fill(undefined);
    this.#histograms[step] = histogram;
    this.#isEmpty = false;
  }

  /** Sets what another series has at a step, if anything. */
  copy(step: number, from: StepSeries): void {
    const histogram = from.histograms?.[step];
    if (histogram !== undefined) this.setHistogram(step, histogram);
    else if (from.kinds[step] === FLOAT) this.setFloat(step, from.values[step] ?? 0);
  }

  build(labels: Labels, dropName: boolean): StepSeries {
    return { labels, dropName, kinds: this.kinds, values: this.values, histograms: this.#histograms };
  }
}

/** A series of floats at each step. */
export function constantSeries(labels: Labels, values: Float64Array): StepSeries {
  const kinds = new Uint8Array(values.length).fill(FLOAT);
  return { labels, dropName: false, kinds, values, histograms: undefined };
}

/** Whether the series has a value at any step. */
export function hasValues(series: StepSeries): boolean {
  return series.kinds.some((kind) => kind !== ABSENT);
}

/** The series with other labels. */
export function relabelled(series: StepSeries, labels: Labels): StepSeries {
  return series.labels === labels ? series : { ...series, labels };
}
