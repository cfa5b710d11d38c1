import type { MetricUnit } from '../promql/unit.ts';
import type { LabelDescription, MetricSummary } from '../store/metrics/metric-store.ts';
import type { Window } from '../telemetry/window.ts';
import type { QueryType } from './requests.ts';
import type { Note, Result, Series } from './results.ts';

/** Metrics whose names begin alike. */
export interface NameGroup {
  /** Up to and with the separator (`container_`); a whole name where no other begins so. */
  readonly prefix: string;
  readonly metrics: number;
}

export interface AvailableMetricsResult {
  readonly metrics: readonly MetricSummary[];
  /** Metrics that match in all. */
  readonly matched: number;
  readonly matchedIsLowerBound: boolean;
  readonly keywords: readonly string[];
  /** Of all that match, where not all are shown; the largest first. */
  readonly groups: readonly NameGroup[];
  readonly notes: readonly Note[];
}

export interface MetricLabelsResult {
  readonly metric: string;
  readonly type: string;
  readonly unit: string;
  readonly help: string;
  readonly series: number;
  readonly labels: readonly LabelDescription[];
  /** Absent: whenever there were samples. */
  readonly window: Window | undefined;
  /** The server's clock, ns since the epoch, where a time of the request was relative to it. */
  readonly now: bigint | undefined;
  readonly notes: readonly Note[];
}

/** What is told of a native histogram. */
export interface HistogramSummary {
  readonly count: number;
  readonly sum: number;
  readonly avg: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

/**
 * A series of a PromQL answer. Values may be NaN and infinite; `null` is no value at that step. A value
 * that is a native histogram stands as its count of observations.
 */
export interface MetricSeries extends Series {
  /** The latest value, where it is a native histogram. */
  readonly histogram?: HistogramSummary | undefined;
}

export interface AnalyzeMetricsResult extends Result {
  readonly queryType: QueryType;
  /** Seconds; null for an instant query. */
  readonly step: number | null;
  /** The query as it was evaluated. */
  readonly promql: string;
  /** The time of evaluation of an instant query, ns since the epoch. */
  readonly time: bigint | undefined;
  /**
   * `steps`: range queries, a point for each step. `samples`: a range vector, each series has points at
   * the times of its own samples, the latest 1,000. `value`: one for each series.
   */
  readonly kind: 'value' | 'steps' | 'samples';
  /** Of the values, where the names of the metrics say it. */
  readonly unit: MetricUnit | undefined;
  /** The value of a query that is a string; there are no series then. */
  readonly text: string | undefined;
  /** `query`: as sort() or a sibling of it, around the whole query, put them. */
  readonly order: 'value' | 'query';
  /** Series in all. */
  readonly groupsTotal: number;
  /** The first of them. */
  readonly series: readonly MetricSeries[];
}
