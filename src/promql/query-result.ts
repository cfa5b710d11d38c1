import { type Grid, timeOf } from './evaluation/grid.ts';
import { ABSENT, constantSeries, HISTOGRAM, type StepSeries, type Value } from './evaluation/step-series.ts';
import type { Histogram } from './histogram.ts';
import { Labels } from './labels.ts';

/** A sample of an instant vector. With a histogram, the value means nothing. */
export interface VectorSample {
  readonly labels: Labels;
  readonly value: number;
  readonly histogram: Histogram | undefined;
}

/** A series of a range vector. A sample is a histogram where there is one at its index. */
export interface MatrixSeries {
  readonly labels: Labels;
  /** Milliseconds since the epoch, ascending. */
  readonly timestamps: Float64Array;
  readonly values: Float64Array;
  readonly histograms: readonly (Histogram | undefined)[] | undefined;
}

/** An instant query gives a value of the expression's type, a range query a matrix, ordered by labels. */
export type QueryValue =
  | { readonly type: 'scalar'; readonly result: number }
  | { readonly type: 'string'; readonly result: string }
  | { readonly type: 'vector'; readonly result: readonly VectorSample[] }
  | { readonly type: 'matrix'; readonly result: readonly MatrixSeries[] };

/** A value with what Prometheus would say about it, each text once, with line and column in the query. */
export type QueryResult = QueryValue & {
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
};

/** The samples of series that have one step. */
export function toVector(series: readonly StepSeries[]): VectorSample[] {
  const samples: VectorSample[] = [];
  for (const { labels, kinds, values, histograms } of series) {
    if (kinds[0] !== ABSENT) samples.push({ labels, value: values[0] ?? 0, histogram: histograms?.[0] });
  }
  return samples;
}

/** The series of a value that have any sample, ordered by labels; a scalar is a series without labels. */
export function toMatrix(value: Value, grid: Grid): MatrixSeries[] {
  if (value.type === 'string') return [];
  const series = value.type === 'vector' ? value.series : [constantSeries(Labels.EMPTY, value.values)];
  const times = Float64Array.from({ length: grid.count }, (_, step) => timeOf(grid, step));
  const matrix = series
    .map((one) => toMatrixSeries(one, times))
    .filter(({ timestamps }) => timestamps.length > 0);
  return matrix.sort((a, b) => a.labels.compare(b.labels));
}

/** A series at these times without the steps at which it has no sample. */
export function toMatrixSeries(series: StepSeries, times: Float64Array): MatrixSeries {
  const { labels, kinds, values } = series;
  const histograms = kinds.includes(HISTOGRAM) ? series.histograms : undefined;
  let first = 0;
  while (first < kinds.length && kinds[first] === ABSENT) first++;
  let end = kinds.length;
  while (end > first && kinds[end - 1] === ABSENT) end--;
  const gap = kinds.indexOf(ABSENT, first);
  if (gap < 0 || gap >= end) {
    // Without gaps in between, a part of the columns will do.
    return {
      labels,
      timestamps: times.subarray(first, end),
      values: values.subarray(first, end),
      histograms: histograms?.slice(first, end),
    };
  }
  let count = 0;
  const timestamps = new Float64Array(end - first);
  const present = new Float64Array(end - first);
  for (let step = first; step < end; step++) {
    if (kinds[step] === ABSENT) continue;
    timestamps[count] = times[step] ?? 0;
    present[count] = values[step] ?? 0;
    count++;
  }
  return {
    labels,
    timestamps: timestamps.subarray(0, count),
    values: present.subarray(0, count),
    histograms: histograms?.filter((_, step) => kinds[step] !== ABSENT),
  };
}
