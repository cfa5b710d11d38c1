import type { MatrixSeries, QueryResult } from '../promql/engine.ts';
import { histogramQuantile } from '../promql/histogram/quantile.ts';
import type { Histogram } from '../promql/histogram.ts';
import { Labels } from '../promql/labels.ts';
import { mostPoints } from './metric-requests.ts';
import type { HistogramSummary, MetricSeries } from './metric-results.ts';
import type { Point } from './results.ts';
import { summarize } from './summary.ts';

/** The steps of a range query, in ms since the epoch. */
export interface Steps {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

export interface ShownSeries {
  readonly series: readonly MetricSeries[];
  /** Series in all. */
  readonly total: number;
  /** Of the shown ones: how many hold native histograms, NaN values, and more samples than are shown. */
  readonly histograms: number;
  readonly withNaN: number;
  readonly cut: number;
}

/**
 * The first series of a PromQL answer: by value, descending (the greatest of several), ties by labels, or
 * in the query's own order. NaN comes last.
 *
 * @param steps of a range query; absent for an instant query
 */
export function shownSeries(
  result: QueryResult,
  options: { readonly steps?: Steps | undefined; readonly limit: number; readonly inQueryOrder: boolean },
): ShownSeries {
  const found = foundIn(result);
  const ranked = found.map((series) => ({ series, rank: greatest(series) }));
  if (!options.inQueryOrder) {
    ranked.sort((a, b) => compareRanks(a.rank, b.rank) || a.series.labels.compare(b.series.labels));
  }
  const shown = ranked.slice(0, options.limit).map(({ series }) => series);
  const isMatrix = result.type === 'matrix';
  return {
    series: shown.map((series) => {
      if (!isMatrix) return withValue(series);
      return options.steps === undefined ? withSamples(series) : withSteps(series, options.steps);
    }),
    total: found.length,
    histograms: shown.filter((series) => series.histograms?.some((one) => one !== undefined)).length,
    withNaN: shown.filter((series) => series.values.some((_, i) => Number.isNaN(valueAt(series, i)))).length,
    cut: shown.filter(({ values }) => values.length > mostPoints).length,
  };
}

/** All series of an answer; a scalar is one without labels, a string has none. */
export function foundIn(result: QueryResult): readonly MatrixSeries[] {
  switch (result.type) {
    case 'string':
      return [];
    case 'scalar':
      return [single(Labels.EMPTY, result.result, undefined)];
    case 'vector':
      return result.result.map(({ labels, value, histogram }) => single(labels, value, histogram));
    case 'matrix':
      return result.result;
  }
}

function single(labels: Labels, value: number, histogram: Histogram | undefined): MatrixSeries {
  return {
    labels,
    timestamps: new Float64Array(1),
    values: Float64Array.of(value),
    histograms: histogram && [histogram],
  };
}

/** A sample as a number: a histogram is its count of observations. */
export function valueAt({ values, histograms }: MatrixSeries, i: number): number {
  return histograms?.[i]?.count ?? values[i] ?? Number.NaN;
}

function greatest(series: MatrixSeries): number {
  let most = Number.NaN;
  for (let i = 0; i < series.values.length; i++) {
    const value = valueAt(series, i);
    if (!(value <= most) && !Number.isNaN(value)) most = value;
  }
  return most;
}

function compareRanks(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a === b ? 0 : a < b ? 1 : -1;
}

function withValue(series: MatrixSeries): MetricSeries {
  const value = valueAt(series, 0);
  return {
    labels: series.labels.toObject(),
    value,
    ...latestHistogram(series),
    summary: summarize([value], true),
  };
}

/** A point for each step; null where the series has none. */
function withSteps(series: MatrixSeries, { start, step, count }: Steps): MetricSeries {
  const values = new Array<number | null>(count).fill(null);
  for (const [i, time] of series.timestamps.entries()) {
    values[Math.round((time - start) / step)] = valueAt(series, i);
  }
  const points = values.map((value, i): Point => [(start + i * step) / 1000, value]);
  return {
    labels: series.labels.toObject(),
    points,
    ...latestHistogram(series),
    summary: summarize(values, true),
  };
}

/** A point for each of its latest samples; the summary is of all. */
function withSamples(series: MatrixSeries): MetricSeries {
  const values = Array.from(series.values, (_, i) => valueAt(series, i));
  const points = values.map((value, i): Point => [(series.timestamps[i] ?? 0) / 1000, value]);
  return {
    labels: series.labels.toObject(),
    points: points.slice(-mostPoints),
    ...latestHistogram(series),
    summary: summarize(values, true),
  };
}

function latestHistogram({ histograms }: MatrixSeries): { histogram?: HistogramSummary } {
  const histogram = histograms?.at(-1);
  if (histogram === undefined) return {};
  const { count, sum } = histogram;
  const quantile = (q: number): number => histogramQuantile(q, histogram).value;
  return {
    histogram: { count, sum, avg: sum / count, p50: quantile(0.5), p90: quantile(0.9), p99: quantile(0.99) },
  };
}
