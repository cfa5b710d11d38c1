import type { MatrixSeries, QueryValue, VectorSample } from '../engine.ts';
import { formatHistogram } from '../histogram/text.ts';
import { type Buckets, compact, type Histogram, sameBounds, usesCustomBuckets } from '../histogram.ts';
import type { DescribedSeries, EvalCommand, SeriesPoint } from './script.ts';

/** How the value of an evaluation differs from the expected one; undefined where it does not. */
export function compareValue(command: EvalCommand, actual: QueryValue): string | undefined {
  const { expected } = command;
  if (actual.type === 'scalar' || actual.type === 'string') {
    if (expected.kind !== actual.type)
      return `expected ${expected.kind}, got ${actual.type} ${actual.result}`;
    const same =
      typeof actual.result === 'number' && typeof expected.value === 'number'
        ? almostEqual(expected.value, actual.result)
        : expected.value === actual.result;
    return same ? undefined : `expected ${expected.value}, got ${actual.result}`;
  }
  if (expected.kind !== 'series') return `expected ${expected.kind} ${expected.value}, got a ${actual.type}`;
  return actual.type === 'vector'
    ? compareVector(expected.series, actual.result, command.expectations.ordered)
    : compareMatrix(expected.series, actual.result, command);
}

function byKey(series: readonly DescribedSeries[]): ReadonlyMap<string, DescribedSeries> {
  return new Map(series.map((described) => [described.labels.key, described]));
}

function compareVector(
  expected: readonly DescribedSeries[],
  actual: readonly VectorSample[],
  ordered: boolean,
): string | undefined {
  const wanted = byKey(expected);
  const seen = new Set<string>();
  for (const [index, { labels, value, histogram }] of actual.entries()) {
    const described = wanted.get(labels.key);
    if (described === undefined) return `unexpected series ${labels} ${show(value, histogram)}`;
    if (seen.has(labels.key)) return `the series ${labels} came twice`;
    seen.add(labels.key);
    if (ordered && expected[index]?.labels.key !== labels.key)
      return `${labels} came at position ${index + 1}`;
    const difference = comparePoint(described.points[0], value, histogram);
    if (difference !== undefined) return `${labels}: ${difference}`;
  }
  const missing = expected.find(({ labels }) => !seen.has(labels.key));
  return missing === undefined ? undefined : `missing series ${missing.labels}`;
}

function compareMatrix(
  expected: readonly DescribedSeries[],
  actual: readonly MatrixSeries[],
  command: EvalCommand,
): string | undefined {
  if (command.expectations.ordered) return 'a range query has no order';
  const wanted = byKey(expected);
  const seen = new Set<string>();
  for (const [index, series] of actual.entries()) {
    const next = actual[index + 1];
    if (next !== undefined && series.labels.compare(next.labels) > 0) {
      return `${next.labels} should come before ${series.labels}`;
    }
    const described = wanted.get(series.labels.key);
    if (described === undefined) return `unexpected series ${series.labels} ${showSeries(series)}`;
    seen.add(series.labels.key);
    const difference = comparePoints(described.points, series, command);
    if (difference !== undefined) return `${series.labels}: ${difference}, all: ${showSeries(series)}`;
  }
  const missing = expected.find(({ labels }) => !seen.has(labels.key));
  return missing === undefined ? undefined : `missing series ${missing.labels}`;
}

function comparePoints(
  expected: readonly SeriesPoint[],
  series: MatrixSeries,
  { start, end, step }: EvalCommand,
): string | undefined {
  let taken = 0;
  for (const [index, point] of expected.entries()) {
    const time = start + index * step;
    if (time > end) return `${expected.length} points are more than the query has steps`;
    if (point === undefined) continue;
    if (series.timestamps[taken] !== time) return `no point at ${time}`;
    const difference = comparePoint(point, series.values[taken] ?? Number.NaN, series.histograms?.[taken]);
    if (difference !== undefined) return `at ${time}: ${difference}`;
    taken++;
  }
  return taken === series.timestamps.length ? undefined : `unexpected point at ${series.timestamps[taken]}`;
}

function comparePoint(
  expected: SeriesPoint,
  value: number,
  histogram: Histogram | undefined,
): string | undefined {
  if (expected === undefined) return `expected none, got ${show(value, histogram)}`;
  if (expected.histogram === undefined) {
    const same = histogram === undefined && almostEqual(expected.value, value);
    return same ? undefined : `expected ${expected.value}, got ${show(value, histogram)}`;
  }
  const same = histogram !== undefined && compareHistogram(expected.histogram, histogram, expected.hasHint);
  return same ? undefined : `expected ${show(0, expected.histogram)}, got ${show(value, histogram)}`;
}

function compareHistogram(expected: Histogram, actual: Histogram, withHint: boolean): boolean {
  const a = compact(expected);
  const b = compact(actual);
  return (
    a.schema === b.schema &&
    almostEqual(a.count, b.count) &&
    almostEqual(a.sum, b.sum) &&
    (!usesCustomBuckets(a) || sameBounds(a.customValues, b.customValues)) &&
    a.zeroThreshold === b.zeroThreshold &&
    almostEqual(a.zeroCount, b.zeroCount) &&
    compareBuckets(a.positive, b.positive) &&
    compareBuckets(a.negative, b.negative) &&
    (!withHint || a.hint === b.hint)
  );
}

function compareBuckets(a: Buckets, b: Buckets): boolean {
  return (
    a.indices.length === b.indices.length &&
    a.indices.every((index, i) => index === b.indices[i]) &&
    a.counts.every((count, i) => almostEqual(count, b.counts[i] ?? Number.NaN))
  );
}

const tolerance = 1e-6;
const leastNormal = 2 ** -1022;

/** Whether two values agree within 1e-6 of their sum, or are both NaN. */
export function almostEqual(a: number, b: number): boolean {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true;
  const sum = Math.abs(a) + Math.abs(b);
  const difference = Math.abs(a - b);
  if (a === 0 || b === 0 || sum < leastNormal) return difference < tolerance * leastNormal;
  return difference / Math.min(sum, Number.MAX_VALUE) < tolerance;
}

function show(value: number, histogram: Histogram | undefined): string {
  if (histogram === undefined) return String(value);
  return `${formatHistogram(histogram)} (schema ${histogram.schema}, ${histogram.hint})`;
}

function showSeries({ timestamps, values, histograms }: MatrixSeries): string {
  return [...timestamps]
    .map((time, i) => `${show(values[i] ?? Number.NaN, histograms?.[i])}@${time}`)
    .join(' ');
}
