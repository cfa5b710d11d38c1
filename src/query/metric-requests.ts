import type { Matcher } from '../promql/ast.ts';
import type { QueryType, RangeRequest } from './requests.ts';

/** Metrics that one list shows. */
export const metricLimit = { standard: 50, max: 500 };

/** Points that one series of an answer of the tools has at most. */
export const mostPoints = 1_000;

export interface AvailableMetricsRequest {
  /** Each must be part of the name, any case; none for all. */
  readonly keywords: readonly string[];
  /** 1 to 500; 50 when absent. */
  readonly limit?: number | undefined;
}

/** Both times absent: whenever there were samples. */
export interface MetricLabelsRequest extends RangeRequest {
  readonly metric: string;
}

export interface AnalyzeMetricsRequest extends RangeRequest {
  readonly queryType: QueryType;
  readonly promql: string;
  /** A duration (`30s`, `5m`) or a number of seconds. */
  readonly step?: string | number | undefined;
  /** Series to show, 1 to 200; 20 when absent. */
  readonly limit?: number | undefined;
}

/** PromQL as Prometheus' API takes it. Times are milliseconds since the epoch. */
export interface PromqlRequest {
  readonly promql: string;
  readonly start: number;
  /** Inclusive; equal to `start` in an instant query. */
  readonly end: number;
  /** 0 for an instant query. */
  readonly step: number;
  /** Milliseconds; 5 min when absent. */
  readonly lookback?: number | undefined;
  /** Milliseconds that it may take; never more than the server's own limit. */
  readonly timeout?: number | undefined;
}

/** Series as Prometheus' API names them. */
export interface SeriesRequest {
  /** Of each `match[]`; an empty list means all series. */
  readonly selectors: readonly (readonly Matcher[])[];
  /** Milliseconds since the epoch, inclusive; absent: whenever. */
  readonly start?: number | undefined;
  readonly end?: number | undefined;
  /** 0 or absent: as many as the server gives. */
  readonly limit?: number | undefined;
}

export interface MetadataRequest {
  readonly metric?: string | undefined;
  readonly limit?: number | undefined;
  readonly limitPerMetric?: number | undefined;
}
