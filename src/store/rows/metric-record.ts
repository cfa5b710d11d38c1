import type { Histogram } from '../../promql/histogram.ts';
import type { Labels } from '../../promql/labels.ts';

/** Types of Prometheus' metadata; `unknown` where nobody said. */
export const metricTypes = [
  'counter',
  'gauge',
  'histogram',
  'gaugehistogram',
  'summary',
  'info',
  'stateset',
  'unknown',
] as const;
export type MetricType = (typeof metricTypes)[number];

/** What is known of a metric beyond its samples; empty texts where nobody said. */
export interface MetricMetadata {
  readonly type: MetricType;
  readonly unit: string;
  readonly help: string;
}

/** A sample as it came in. With a histogram or `stale`, the value means nothing. */
export interface MetricSample {
  /** Milliseconds since the epoch, a whole number. */
  readonly timestamp: number;
  readonly value: number;
  /** The series ended here. */
  readonly stale?: boolean | undefined;
  readonly histogram?: Histogram | undefined;
  /** When the sample's counter began, in milliseconds since the epoch; for a delta, when its interval began. */
  readonly startTimestamp?: number | undefined;
}

/** Samples of one series, as one request brought them. */
export interface MetricSeries {
  /** With `__name__`. */
  readonly labels: Labels;
  readonly metadata: MetricMetadata;
  /** The samples are changes since the one before (OTLP's delta temporality) and have to be added up. */
  readonly delta: boolean;
  /** In any order. */
  readonly samples: readonly MetricSample[];
}

/** A series whose samples have to be added up first, without anything that can't be sent to another thread. */
export interface DeltaSeries {
  /** The labels' names and values in turn, sorted by name. */
  readonly pairs: readonly string[];
  readonly metadata: MetricMetadata;
  readonly samples: readonly MetricSample[];
}

/** What a sender said of a metric family, without a series (Prometheus remote write 1.0). */
export interface FamilyMetadata extends MetricMetadata {
  readonly family: string;
}
