import { analyze } from './analyze.ts';
import { analyzeMetrics } from './analyze-metrics.ts';
import { analyzeTelemetry } from './analyze-telemetry.ts';
import { availableMetrics } from './available-metrics.ts';
import { compareTelemetry } from './compare-windows.ts';
import { ComparisonThreads } from './comparison-threads.ts';
import { describeFields } from './describe-fields.ts';
import { listFieldValues } from './field-values.ts';
import { getTrace } from './get-trace.ts';
import { holdings } from './holdings.ts';
import { kubernetesChanges } from './kubernetes-changes.ts';
import { findLogPatterns } from './log-patterns.ts';
import { metricLabels } from './metric-labels.ts';
import { labelNames, labelValues, metricMetadata, series } from './metric-series.ts';
import { promql } from './promql.ts';
import type { Queries } from './queries.ts';
import { search } from './search.ts';
import { getServiceMap } from './service-map.ts';
import type { QueryContext } from './subject.ts';

/** The questions, over a store. */
export function createQueries(context: QueryContext): Queries {
  const comparisons = new ComparisonThreads();
  return {
    search: (request, call) => search(context, request, call),
    analyze: (request, call) => analyze(context, request, call),
    analyzeTelemetry: (request, call) => analyzeTelemetry(context, request, call),
    describeFields: (request, call) => describeFields(context, request, call),
    fieldValues: (request, call) => listFieldValues(context, request, call),
    getTrace: (request, call) => getTrace(context, request, call),
    logPatterns: (request, call) => findLogPatterns(context, request, call),
    serviceMap: (request, call) => getServiceMap(context, request, call),
    kubernetesChanges: (request, call) => kubernetesChanges(context, request, call),
    compareWindows: (request, call) => compareTelemetry(context, comparisons, request, call),
    holdings: (call) => holdings(context, call),
    availableMetrics: (request, call) => availableMetrics(context, request, call),
    metricLabels: (request, call) => metricLabels(context, request, call),
    analyzeMetrics: (request, call) => analyzeMetrics(context, request, call),
    promql: (request, call) => promql(context, request, call),
    series: (request, call) => series(context, request, call),
    labelNames: (request, call) => labelNames(context, request, call),
    labelValues: (label, request, call) => labelValues(context, label, request, call),
    metricMetadata: (request, call) => metricMetadata(context, request, call),
  };
}
