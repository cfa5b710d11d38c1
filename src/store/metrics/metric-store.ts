import type { Expr, Matcher } from '../../promql/ast.ts';
import type { QueryLimits, QueryResult } from '../../promql/engine.ts';
import type { Labels } from '../../promql/labels.ts';
import type { TimeRange } from '../../promql/series-source.ts';
import type { Scope } from '../../telemetry/scope.ts';
import type { PodMetrics } from '../../telemetry/window-records/metric-block.ts';
import type { MetricMetadata } from '../rows/metric-record.ts';

/** Two times of a comparison, in milliseconds since the epoch, half-open, and the length of their stretches. */
export interface PodMetricsRequest {
  readonly baseline: TimeRange;
  readonly window: TimeRange;
  readonly stretch: number;
  /** Which series, beside the limits of the key. */
  readonly matchers: readonly Matcher[];
  /** Series that are read; of more, whole metrics are left out. */
  readonly mostSeries: number;
}

/** On whose behalf, and until when, a store is asked. */
export interface MetricQueryOptions {
  /** Only series whose `cluster` and `namespace` labels are in these lists exist for this query. */
  readonly scope: Scope;
  readonly signal?: AbortSignal | undefined;
}

/** A PromQL query. Times are milliseconds since the epoch. */
export interface PromqlQuery {
  /** As the client wrote it: places in warnings and errors refer to it. */
  readonly text: string;
  /** The same, parsed and checked. */
  readonly expr: Expr;
  readonly start: number;
  /** Inclusive; equal to `start` in an instant query. */
  readonly end: number;
  /** 0 for an instant query. */
  readonly step: number;
  /** How old a sample may be to stand for a step, in milliseconds; 5 min when absent. */
  readonly lookback?: number | undefined;
  readonly limits?: Partial<QueryLimits> | undefined;
}

/** Which series a question is about. */
export interface SeriesSelection {
  /** A series is meant when it meets all matchers of any of these selectors; an empty list means all series. */
  readonly selectors: readonly (readonly Matcher[])[];
  /** With samples in this range; absent: whenever. */
  readonly range?: TimeRange | undefined;
  /** The first so many, 1 or more. */
  readonly limit: number;
}

/** A metric in a list. */
export interface MetricSummary extends MetricMetadata {
  readonly name: string;
  /** Series of that name; undefined where the store can't count them cheaply. */
  readonly series: number | undefined;
}

export interface MetricList {
  /** Ordered by name. */
  readonly metrics: readonly MetricSummary[];
  /** Metrics that match in all. */
  readonly matched: number;
  /** `matched` is a lower bound, as the store gave no more names. */
  readonly matchedIsLowerBound?: boolean;
}

export interface LabelDescription {
  readonly name: string;
  /** How many different values there are. */
  readonly valuesTotal: number;
  /** Those of the most series first. */
  readonly exampleValues: readonly string[];
}

export interface MetricDescription extends MetricMetadata {
  readonly name: string;
  readonly series: number;
  /** Ordered by name, without `__name__`. */
  readonly labels: readonly LabelDescription[];
}

/** First items in byte order, and whether there are more. */
export interface Listed<T> {
  readonly items: readonly T[];
  readonly truncated: boolean;
}

/**
 * A store of metrics: our own tables, or a Prometheus-compatible API. Every method rejects with
 * `InputError` for a query that is wrong or passes a limit, and with `StoreError` when the store fails.
 */
export interface MetricStore {
  /** Evaluates PromQL. Warnings and infos are Prometheus' texts. */
  evaluate(query: PromqlQuery, options: MetricQueryOptions): Promise<QueryResult>;
  /** Metrics whose name contains every keyword, any case. */
  listMetrics(
    request: { readonly keywords: readonly string[]; readonly limit: number },
    options: MetricQueryOptions,
  ): Promise<MetricList>;
  /** A metric and its labels; undefined where it has no series (in the range). */
  describeMetric(
    request: {
      readonly name: string;
      readonly range?: TimeRange | undefined;
      /** Values to give for each label. */
      readonly exampleValues: number;
    },
    options: MetricQueryOptions,
  ): Promise<MetricDescription | undefined>;
  /**
   * When the series that meet the matchers have their latest sample, in milliseconds since the epoch; undefined
   * where that is not known. Stores that can't tell at little cost have no such method.
   */
  latestSample?(matchers: readonly Matcher[], options: MetricQueryOptions): Promise<number | undefined>;
  /**
   * From the start of the first day (UTC) with samples to the end of the last one, in milliseconds since the
   * epoch; undefined where there are none. Stores that can't tell at little cost have no such method.
   */
  days?(options: MetricQueryOptions): Promise<TimeRange | undefined>;
  /** The series of pods in two times, in stretches. Stores that can't tell at little cost have no such method. */
  podMetrics?(request: PodMetricsRequest, options: MetricQueryOptions): Promise<PodMetrics>;
  /** Label sets, ordered. */
  series(selection: SeriesSelection, options: MetricQueryOptions): Promise<Listed<Labels>>;
  labelNames(selection: SeriesSelection, options: MetricQueryOptions): Promise<Listed<string>>;
  labelValues(
    label: string,
    selection: SeriesSelection,
    options: MetricQueryOptions,
  ): Promise<Listed<string>>;
  /** What is known of each metric family, by name; more than one where senders disagree. */
  metadata(
    request: {
      readonly metric?: string | undefined;
      readonly limit: number;
      readonly limitPerMetric: number;
    },
    options: MetricQueryOptions,
  ): Promise<ReadonlyMap<string, readonly MetricMetadata[]>>;
}
