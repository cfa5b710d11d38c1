import type { LabelDescription, MetricSummary } from '../store/metrics/metric-store.ts';
import type { Window } from '../telemetry/window.ts';
import type { QueryType } from './requests.ts';
import type { Note, Result, Series } from './results.ts';

export interface AvailableMetricsResult {
  readonly metrics: readonly MetricSummary[];
  /** Metrics that match in all. */
  readonly matched: number;
  readonly matchedIsLowerBound: boolean;
  readonly keywords: readonly string[];
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

export interface AnalyzeMetricsResult extends Result {
  readonly queryType: QueryType;
  /** Seconds; null for an instant query. */
  readonly step: number | null;
  /** The query as it was evaluated. */
  readonly promql: string;
  /** Series in all. */
  readonly groupsTotal: number;
  /** Ordered by value, descending; the first of them. */
  readonly series: readonly Series[];
}
