import type { QueryResult } from '../promql/engine.ts';
import type { Labels } from '../promql/labels.ts';
import type { Listed } from '../store/metrics/metric-store.ts';
import type { MetricMetadata } from '../store/rows/metric-record.ts';
import type {
  AnalyzeMetricsRequest,
  AvailableMetricsRequest,
  MetadataRequest,
  MetricLabelsRequest,
  PromqlRequest,
  SeriesRequest,
} from './metric-requests.ts';
import type { AnalyzeMetricsResult, AvailableMetricsResult, MetricLabelsResult } from './metric-results.ts';
import type { Call } from './queries.ts';

/** The questions about metrics. Each answers within the limits of the caller's key. */
export interface MetricQueries {
  /** The metrics that there are, by parts of their name. */
  availableMetrics(request: AvailableMetricsRequest, call: Call): Promise<AvailableMetricsResult>;
  /** A metric's labels and examples of their values. */
  metricLabels(request: MetricLabelsRequest, call: Call): Promise<MetricLabelsResult>;
  /** PromQL for the end of a window, or at each step of it. */
  analyzeMetrics(request: AnalyzeMetricsRequest, call: Call): Promise<AnalyzeMetricsResult>;
  /** PromQL as Prometheus' API answers it, with at most 11,000 points a series. */
  promql(request: PromqlRequest, call: Call): Promise<QueryResult>;
  series(request: SeriesRequest, call: Call): Promise<Listed<Labels>>;
  labelNames(request: SeriesRequest, call: Call): Promise<Listed<string>>;
  labelValues(label: string, request: SeriesRequest, call: Call): Promise<Listed<string>>;
  metricMetadata(
    request: MetadataRequest,
    call: Call,
  ): Promise<ReadonlyMap<string, readonly MetricMetadata[]>>;
}
