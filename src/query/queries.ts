import type { Principal } from '../access/principal.ts';
import type { CompareWindowsRequest, CompareWindowsResult } from './comparison-results.ts';
import type { FieldValuesRequest, FieldValuesResult } from './field-values.ts';
import type { Holdings } from './holdings.ts';
import type { KubernetesChangesRequest, KubernetesChangesResult } from './kubernetes-changes.ts';
import type { LogPatternsRequest, LogPatternsResult } from './log-patterns.ts';
import type { MetricQueries } from './metric-queries.ts';
import type { AnalyzeRequest, FieldsRequest, SearchRequest } from './requests.ts';
import type { AnalyzeResult, FieldsResult, SearchResult } from './results.ts';
import type { ServiceMapRequest, ServiceMapResult } from './service-map.ts';
import type { AnalyzeTelemetryRequest } from './telemetry-requests.ts';
import type { AnalyzeTelemetryResult } from './telemetry-results.ts';
import type { TraceRequest, TraceResult } from './trace-requests.ts';

/** Who asks, and until when. */
export interface Call {
  readonly principal: Principal;
  /** Aborted when the client gives up: the query ends in the store too. */
  readonly signal: AbortSignal;
}

/**
 * The questions that every edge can ask. Each answers within the limits of the caller's key.
 *
 * Each rejects with `InputError` for a request that can't be answered as it is, with `StoreError` when
 * the store fails or a limit is hit, and with anything else only by a mistake of ours.
 */
export interface Queries extends MetricQueries {
  /** The first records that match, in the order asked for. */
  search(request: SearchRequest, call: Call): Promise<SearchResult>;
  /** An aggregation over the records that match, for the window or for each bucket, by group. */
  analyze(request: AnalyzeRequest, call: Call): Promise<AnalyzeResult>;
  /** Logs, traces and metrics side by side, and formulas of them. */
  analyzeTelemetry(request: AnalyzeTelemetryRequest, call: Call): Promise<AnalyzeTelemetryResult>;
  /** The built-in fields and the attributes that records of the window have. */
  describeFields(request: FieldsRequest, call: Call): Promise<FieldsResult>;
  /** The most frequent values of a field. */
  fieldValues(request: FieldValuesRequest, call: Call): Promise<FieldValuesResult>;
  /** One trace with its logs, by id or picked among spans that match. */
  getTrace(request: TraceRequest, call: Call): Promise<TraceResult>;
  /** What kinds of log bodies there are, and how that changed against a baseline. */
  logPatterns(request: LogPatternsRequest, call: Call): Promise<LogPatternsResult>;
  /** Who calls whom, and how that goes. */
  serviceMap(request: ServiceMapRequest, call: Call): Promise<ServiceMapResult>;
  /** What changed from one window to another, and what that suggests. */
  compareWindows(request: CompareWindowsRequest, call: Call): Promise<CompareWindowsResult>;
  /** What changed in the cluster, as events, metrics and the telemetry itself tell. */
  kubernetesChanges(request: KubernetesChangesRequest, call: Call): Promise<KubernetesChangesResult>;
  /** Which signals hold data, and since when. */
  holdings(call: Call): Promise<Holdings>;
}
