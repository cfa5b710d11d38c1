import type { Matcher } from './ast.ts';
import type { Histogram } from './histogram.ts';
import type { Labels } from './labels.ts';

/**
 * The samples of one series. Timestamps ascend strictly. A sample is a histogram where `histograms` holds
 * one at its index, else a float; a float with the bits of the stale marker says that the series ended.
 */
export interface RawSeries {
  readonly labels: Labels;
  /** Milliseconds since the epoch. */
  readonly timestamps: Float64Array;
  readonly values: Float64Array;
  /** Whether any value is NaN, as stale markers are; undefined where that is not known. */
  readonly hasNaN?: boolean | undefined;
  readonly histograms?: readonly (Histogram | undefined)[] | undefined;
  /** When each sample's counter began, in milliseconds since the epoch; 0 where that is not known. */
  readonly startTimestamps?: Float64Array | undefined;
}

/**
 * The series of a selection, each label set once, in any order. They can be gone through any number of times;
 * the samples of one may be overwritten once the next is asked for.
 */
export interface SeriesSet extends Iterable<RawSeries> {
  /** How many series there are. */
  readonly seriesCount: number;
  /** How many samples they have, or somewhat more. */
  readonly sampleCount: number;
  /** The place by labels of each series, in the order in which they come; undefined where that is theirs. */
  readonly places: Uint32Array | undefined;
}

/** The samples that are wanted, in milliseconds since the epoch, both ends inclusive. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/**
 * What the query will do with a selection. A source may use it to read less, never to answer otherwise:
 * every sample in the range must come.
 */
export interface SelectHints {
  /** Distance of the query's steps in milliseconds; 0 for an instant query. */
  readonly step: number;
  /** Width of the range selector in milliseconds; 0 for an instant selector. */
  readonly range: number;
  /** The function or aggregation right around the selector, or the empty string. */
  readonly func: string;
  /** More samples than this fail the query: the source may stop reading and throw the limit's error. */
  readonly maxSamples: number;
  /** More series than this fail the query. */
  readonly maxSeries: number;
}

/** Where series come from. No result of an evaluation shares memory with their samples. */
export interface SeriesSource {
  /**
   * All series with samples in the range that meet every matcher, and of each the samples in the range alone.
   *
   * @throws what `signal` was aborted with, or InputError with a text for the client.
   */
  select(
    matchers: readonly Matcher[],
    range: TimeRange,
    hints: SelectHints,
    signal: AbortSignal,
  ): Promise<SeriesSet>;
}
