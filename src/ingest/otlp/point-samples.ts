import type { MetricSample } from '../../store/rows/metric-record.ts';
import { decimal } from './decimal.ts';
import { type DataPoint, type HistogramPoint, NO_RECORDED_VALUE, type SummaryPoint } from './metric-model.ts';
import { nativeHistogram } from './native-histogram.ts';

/** A sample of one of the series that a data point has a part in. */
export interface PointSample {
  /** What the series' name has after that of the metric: `_bucket`, or nothing. */
  readonly suffix: '' | '_bucket' | '_sum' | '_count';
  /** The value of `le` or `quantile`, where the series has it. */
  readonly bound?: string;
  readonly sample: MetricSample;
}

/** When a sample was taken; in milliseconds since the epoch. */
type Times = Pick<MetricSample, 'timestamp' | 'startTimestamp'>;

/**
 * The samples of a data point, or the reason why it has none.
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#otlp-metric-points-to-prometheus
 */
export function pointSamples(point: DataPoint, times: Times): readonly PointSample[] | string {
  const stale = (point.flags & NO_RECORDED_VALUE) !== 0;
  const sampleOf = (value: number): MetricSample =>
    stale ? { timestamp: times.timestamp, value: 0, stale: true } : { ...times, value };
  switch (point.kind) {
    case 'number':
      if (point.value === undefined && !stale) return 'a data point has no value';
      return [{ suffix: '', sample: sampleOf(point.value ?? 0) }];
    case 'histogram':
      return histogramSamples(point, stale, sampleOf);
    case 'exponential': {
      if (stale) return [{ suffix: '', sample: sampleOf(0) }];
      const histogram = nativeHistogram(point);
      return typeof histogram === 'string'
        ? histogram
        : [{ suffix: '', sample: { ...sampleOf(0), histogram } }];
    }
    case 'summary':
      return summarySamples(point, sampleOf);
  }
}

type SampleOf = (value: number) => MetricSample;

/** A classic histogram: buckets that hold what is in those below too. */
function histogramSamples(
  { count, sum, bucketCounts, bounds }: HistogramPoint,
  stale: boolean,
  sampleOf: SampleOf,
): readonly PointSample[] | string {
  if (bucketCounts.length !== 0 && bucketCounts.length !== bounds.length + 1) {
    return 'a histogram has not one bucket more than bounds';
  }
  if (
    bounds.some((bound, i) => Number.isNaN(bound) || bound <= (bounds[i - 1] ?? Number.NEGATIVE_INFINITY))
  ) {
    return 'the bounds of a histogram do not ascend';
  }
  const samples: PointSample[] = [];
  let below = 0;
  const finite = bucketCounts.length === 0 && !stale ? [] : bounds.filter(Number.isFinite);
  for (const [i, bound] of finite.entries()) {
    below += bucketCounts[i] ?? 0;
    samples.push({ suffix: '_bucket', bound: decimal(bound), sample: sampleOf(below) });
  }
  samples.push({ suffix: '_bucket', bound: decimal(Number.POSITIVE_INFINITY), sample: sampleOf(count) });
  if (sum !== undefined || stale) samples.push({ suffix: '_sum', sample: sampleOf(sum ?? 0) });
  samples.push({ suffix: '_count', sample: sampleOf(count) });
  return samples;
}

function summarySamples(
  { count, sum, quantiles }: SummaryPoint,
  sampleOf: SampleOf,
): readonly PointSample[] | string {
  if (quantiles.some(({ quantile }) => !(quantile >= 0 && quantile <= 1))) {
    return 'a quantile of a summary is not between 0 and 1';
  }
  return [
    ...quantiles.map(
      ({ quantile, value }): PointSample => ({
        suffix: '',
        bound: decimal(quantile),
        sample: sampleOf(value),
      }),
    ),
    { suffix: '_sum', sample: sampleOf(sum) },
    { suffix: '_count', sample: sampleOf(count) },
  ];
}
