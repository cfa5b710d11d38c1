import type { Span } from '../../ast.ts';
import type { Histogram } from '../../histogram.ts';
import type { Annotations } from '../annotations.ts';
import type { Grid } from '../grid.ts';
import type { Shift } from '../selector-times.ts';
import type { StepSeriesBuilder } from '../step-series.ts';
import type { FloatSamples, HistogramSamples, RangeInput } from './input.ts';

/** How a range vector selector widens its ranges. */
export type Extension = 'anchored' | 'smoothed' | undefined;

/**
 * The samples of one series in the range of one evaluation: those at positions from `low` up to, not
 * including, `high`. One window moves along a series, so functions must not keep it.
 */
export class RangeWindow {
  readonly extension: Extension;
  readonly #before: number;
  readonly #after: number;
  #copy = NO_FLOATS;
  floats: FloatSamples;
  histograms: HistogramSamples;
  metricName: string;
  /** The evaluation time. */
  time = 0;
  /** The range's bounds, the first exclusive; an extended one holds samples beyond them. */
  start = 0;
  end = 0;
  floatLow = 0;
  floatHigh = 0;
  histogramLow = 0;
  histogramHigh = 0;

  constructor(input: RangeInput, extension: Extension, lookback: number) {
    this.extension = extension;
    this.#before = extension === undefined ? 0 : lookback;
    this.#after = extension === 'smoothed' ? lookback : 0;
    this.floats = input.floats;
    this.histograms = input.histograms;
    this.metricName = input.labels.metricName;
  }

  get floatCount(): number {
    return this.floatHigh - this.floatLow;
  }

  get histogramCount(): number {
    return this.histogramHigh - this.histogramLow;
  }

  /** Moves to a later range (or stays). */
  moveTo(time: number, start: number, end: number): void {
    this.time = time;
    this.start = start;
    this.end = end;
    const from = start - this.#before;
    const to = start === end ? from : end + this.#after;
    const floats = this.floats.timestamps;
    let { floatLow, floatHigh } = this;
    while (floatHigh < floats.length && (floats[floatHigh] ?? 0) <= to) floatHigh++;
    while (floatLow < floatHigh && (floats[floatLow] ?? 0) <= from) floatLow++;
    this.floatLow = floatLow;
    this.floatHigh = floatHigh;
    const histograms = this.histograms.timestamps;
    if (histograms.length === 0) return;
    let { histogramLow, histogramHigh } = this;
    while (histogramHigh < histograms.length && (histograms[histogramHigh] ?? 0) <= to) histogramHigh++;
    while (histogramLow < histogramHigh && (histograms[histogramLow] ?? 0) <= from) histogramLow++;
    this.histogramLow = histogramLow;
    this.histogramHigh = histogramHigh;
  }

  /** The floats of the range in a list that may be changed until the next call; the first `floatCount` count. */
  copiedFloats(): Float64Array {
    const { floatLow, floatHigh } = this;
    const count = floatHigh - floatLow;
    if (this.#copy.length < count) this.#copy = new Float64Array(Math.max(2 * count, 32));
    for (let i = 0; i < count; i++) this.#copy[i] = this.floats.values[floatLow + i] ?? 0;
    return this.#copy;
  }

  /** The histograms of the range. */
  histogramValues(): readonly Histogram[] {
    return this.histograms.values.slice(this.histogramLow, this.histogramHigh);
  }
}

const NO_FLOATS = new Float64Array(0);

/** Where a range function reports what it noticed: the place of its first argument. */
export interface Reporter {
  readonly annotations: Annotations;
  readonly span: Span;
  /** Ends the query with an error. */
  readonly fail: (message: string) => never;
}

/** The ranges of a function at the steps of a grid, none of them extended. */
export interface Ranges {
  readonly grid: Grid;
  readonly shift: Shift;
  /** Milliseconds, above 0. */
  readonly width: number;
  /** To be called at each step: throws when the query has no more time. */
  readonly check: (step: number) => void;
}

/** A function of the samples in a range. `parameters` are its scalar arguments at the step, in order. */
export interface RangeFunction {
  /** How many floats `ofFloats` needs; with fewer there is no result. */
  readonly minFloats: number;
  /** The result of a range with floats only. */
  readonly ofFloats: (
    window: RangeWindow,
    parameters: readonly number[],
    reporter: Reporter,
  ) => number | undefined;
  /** The result of a range that holds histograms. */
  readonly ofHistograms: (
    window: RangeWindow,
    parameters: readonly number[],
    reporter: Reporter,
  ) => number | Histogram | undefined;
  /**
   * All results of a series that has nothing but floats, and no start times: the same as `ofFloats` gives for
   * each range, in less time.
   */
  readonly ofPlainFloats?: (floats: FloatSamples, ranges: Ranges, builder: StepSeriesBuilder) => void;
}
