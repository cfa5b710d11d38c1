import type { CompareWindowsRequest, CompareWindowsResult } from '../../src/query/comparison-results.ts';
import type { FieldValuesRequest, FieldValuesResult } from '../../src/query/field-values.ts';
import type {
  KubernetesChangesRequest,
  KubernetesChangesResult,
} from '../../src/query/kubernetes-changes.ts';
import type { LogPatternsRequest, LogPatternsResult } from '../../src/query/log-patterns.ts';
import type {
  AnalyzeMetricsRequest,
  AvailableMetricsRequest,
  MetricLabelsRequest,
} from '../../src/query/metric-requests.ts';
import type {
  AnalyzeMetricsResult,
  AvailableMetricsResult,
  MetricLabelsResult,
} from '../../src/query/metric-results.ts';
import type { Call, Queries } from '../../src/query/queries.ts';
import type { AnalyzeRequest, FieldsRequest, SearchRequest } from '../../src/query/requests.ts';
import type {
  AnalyzeResult,
  Cell,
  Column,
  FieldDescription,
  FieldsResult,
  SearchResult,
  Series,
  Summary,
} from '../../src/query/results.ts';
import type { ServiceMapRequest, ServiceMapResult } from '../../src/query/service-map.ts';
import type { AnalyzeTelemetryRequest } from '../../src/query/telemetry-requests.ts';
import type { AnalyzeTelemetryResult } from '../../src/query/telemetry-results.ts';
import type { TraceRequest, TraceResult } from '../../src/query/trace-requests.ts';
import { builtinField, type Signal } from '../../src/telemetry/fields.ts';

/** 2023-01-29T08:41:00Z to 10:30:00Z, the hours of the recorded telemetry. */
export const window = { from: 1_674_981_660_000_000_000n, to: 1_674_988_200_000_000_000n };

export const principal = { keyId: 'k7rq2m', name: 'tests', roles: ['query'], limits: {} } as const;

export function call(signal = new AbortController().signal): Call {
  return { principal, signal };
}

const nothing = { window, now: undefined, notes: [] };

/** A result of a search, with the columns of the first record. */
export function searchResult(
  signal: Signal,
  records: readonly Readonly<Record<string, Cell>>[],
  more: Partial<SearchResult> = {},
): SearchResult {
  const columns = Object.keys(records[0] ?? {}).map((name): Column => {
    const field = builtinField(signal, name);
    return { name, type: field?.type ?? 'string', unit: field?.unit };
  });
  return {
    ...nothing,
    signal,
    filter: '',
    filterRewritten: false,
    order: 'newest',
    matched: records.length,
    columns,
    rows: records.map((record) => columns.map(({ name }) => record[name] ?? null)),
    before: 0,
    cursors: records.map(() => null),
    ...more,
  };
}

export function analyzeResult(
  signal: Signal,
  series: readonly Series[],
  more: Partial<AnalyzeResult> = {},
): AnalyzeResult {
  return {
    ...nothing,
    signal,
    queryType: 'instant',
    step: null,
    filter: '',
    filterRewritten: false,
    aggregation: { function: 'row_count', field: undefined },
    unit: undefined,
    groupBy: Object.keys(series[0]?.labels ?? {}),
    groupsTotal: series.length,
    shareShown: 1,
    rowsMatched: 921,
    partial: { first: false, last: false },
    series,
    ...more,
  };
}

/** The group of an instant query. */
export function instantSeries(labels: Readonly<Record<string, string>>, value: number | null): Series {
  return { labels, value, summary: summaryOf([value]) };
}

/** The group of a range query: one value for each step (s) from `start` (s) on. */
export function rangeSeries(
  labels: Readonly<Record<string, string>>,
  start: number,
  step: number,
  values: readonly (number | null)[],
): Series {
  return {
    labels,
    points: values.map((value, i) => [start + i * step, value] as const),
    summary: summaryOf(values),
  };
}

function summaryOf(values: readonly (number | null)[]): Summary {
  const known = values.filter((value) => value !== null);
  const total = known.reduce((sum, value) => sum + value, 0);
  const all = known.length > 0;
  return {
    min: all ? Math.min(...known) : null,
    max: all ? Math.max(...known) : null,
    avg: all ? total / known.length : null,
    latest: known.at(-1) ?? null,
    total: all ? total : null,
    count: known.length,
  };
}

export function fieldsResult(
  signal: Signal,
  fields: readonly FieldDescription[],
  more: Partial<FieldsResult> = {},
): FieldsResult {
  const { rows = 93_436 } = more;
  return {
    ...nothing,
    signal,
    search: '',
    rows,
    rowsInWindow: rows,
    matched: fields.length,
    fields,
    ...more,
  };
}

type StubRequest =
  | SearchRequest
  | AnalyzeRequest
  | AnalyzeTelemetryRequest
  | FieldsRequest
  | LogPatternsRequest
  | CompareWindowsRequest
  | ServiceMapRequest
  | KubernetesChangesRequest
  | FieldValuesRequest
  | TraceRequest
  | AvailableMetricsRequest
  | MetricLabelsRequest
  | AnalyzeMetricsRequest;

export interface StubQueries extends Queries {
  /** What was asked, in order. */
  readonly requests: StubRequest[];
}

/** Queries that give one prepared result, or fail with a prepared error, whatever is asked. */
export function stubQueries(answer: {
  readonly search?: SearchResult | Error;
  readonly analyze?: AnalyzeResult | Error;
  readonly analyzeTelemetry?: AnalyzeTelemetryResult | Error;
  readonly describeFields?: FieldsResult | Error;
  readonly fieldValues?: FieldValuesResult | Error;
  readonly logPatterns?: LogPatternsResult | Error;
  readonly compareWindows?: CompareWindowsResult | Error;
  readonly serviceMap?: ServiceMapResult | Error;
  readonly kubernetesChanges?: KubernetesChangesResult | Error;
  readonly getTrace?: TraceResult | Error;
  readonly availableMetrics?: AvailableMetricsResult | Error;
  readonly metricLabels?: MetricLabelsResult | Error;
  readonly analyzeMetrics?: AnalyzeMetricsResult | Error;
}): StubQueries {
  const requests: StubRequest[] = [];
  async function give<Result>(request: StubRequest, result: Result | Error | undefined): Promise<Result> {
    requests.push(request);
    if (result === undefined) throw new Error('nothing is prepared for this');
    if (result instanceof Error) throw result;
    return result;
  }
  return {
    requests,
    search: (request) => give(request, answer.search),
    analyze: (request) => give(request, answer.analyze),
    analyzeTelemetry: (request) => give(request, answer.analyzeTelemetry),
    describeFields: (request) => give(request, answer.describeFields),
    fieldValues: (request) => give(request, answer.fieldValues),
    logPatterns: (request) => give(request, answer.logPatterns),
    compareWindows: (request) => give(request, answer.compareWindows),
    serviceMap: (request) => give(request, answer.serviceMap),
    kubernetesChanges: (request) => give(request, answer.kubernetesChanges),
    getTrace: (request) => give(request, answer.getTrace),
    availableMetrics: (request) => give(request, answer.availableMetrics),
    metricLabels: (request) => give(request, answer.metricLabels),
    analyzeMetrics: (request) => give(request, answer.analyzeMetrics),
    holdings: unprepared,
    promql: unprepared,
    series: unprepared,
    labelNames: unprepared,
    labelValues: unprepared,
    metricMetadata: unprepared,
  };
}

async function unprepared(): Promise<never> {
  throw new Error('nothing is prepared for this');
}

/** The same word at each call, so that whole answers can be compared. */
export const mark = () => '483920';
