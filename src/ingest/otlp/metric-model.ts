import type { Attributes } from '../../store/rows/record.ts';

// Metrics of OTLP as they are sent:
// https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/metrics/v1/metrics.proto

/** What every data point has. Times are nanoseconds since the epoch, 0 where there is none. */
interface PointBase {
  readonly attributes: Attributes;
  readonly start: bigint;
  readonly time: bigint;
  readonly flags: number;
  /** Why it can't be stored, where something is wrong with it. */
  readonly defect: string | undefined;
}

export interface NumberPoint extends PointBase {
  readonly kind: 'number';
  /** Undefined where none was recorded. */
  readonly value: number | undefined;
}

export interface HistogramPoint extends PointBase {
  readonly kind: 'histogram';
  readonly count: number;
  readonly sum: number | undefined;
  readonly bucketCounts: readonly number[];
  /** Upper bounds, inclusive, of all buckets but the last. */
  readonly bounds: readonly number[];
}

/** `counts[i]` is of the bucket (base^(offset + i), base^(offset + i + 1)], base being 2^2^-scale. */
export interface ExponentialBuckets {
  readonly offset: number;
  readonly counts: readonly number[];
}

export interface ExponentialPoint extends PointBase {
  readonly kind: 'exponential';
  readonly count: number;
  readonly sum: number | undefined;
  readonly scale: number;
  readonly zeroCount: number;
  readonly zeroThreshold: number;
  readonly positive: ExponentialBuckets;
  readonly negative: ExponentialBuckets;
}

export interface SummaryPoint extends PointBase {
  readonly kind: 'summary';
  readonly count: number;
  readonly sum: number;
  readonly quantiles: readonly { readonly quantile: number; readonly value: number }[];
}

export type DataPoint = NumberPoint | HistogramPoint | ExponentialPoint | SummaryPoint;

export const metricKinds = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'] as const;
export type MetricKind = (typeof metricKinds)[number];

/** Numbers of OTLP's `AggregationTemporality`. */
export const DELTA = 1;
export const CUMULATIVE = 2;

/** The flag of a point that says that its series has no value any more. */
export const NO_RECORDED_VALUE = 1;

/** Buckets, bounds or quantiles that one point may have; SDKs make 160 at most. */
export const mostBuckets = 10_000;
export const tooManyBuckets = `a data point has more than ${mostBuckets} buckets or quantiles`;

export interface OtlpMetric {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  /** What Prometheus knew the metric as, where it was scraped: the metadata `prometheus.type`. */
  readonly prometheusType: string;
  /** Undefined where it has no data, or data of a kind that came later than this was written. */
  readonly kind: MetricKind | undefined;
  /** 0 where it is not said, or has no meaning. */
  readonly temporality: number;
  readonly monotonic: boolean;
  readonly points: readonly DataPoint[];
}
