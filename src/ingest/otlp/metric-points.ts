import { isObject, type JsonObject } from './json-values.ts';

const kinds = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'];

/** The data points of an ExportMetricsServiceRequest in OTLP/JSON. What is not formed like one counts as none. */
export function countMetricPoints(request: JsonObject): number {
  const metrics = elements(request, 'resourceMetrics')
    .flatMap((resource) => elements(resource, 'scopeMetrics'))
    .flatMap((scope) => elements(scope, 'metrics'));
  return metrics.reduce((sum, metric) => sum + pointsOf(metric), 0);
}

function pointsOf(metric: JsonObject): number {
  return kinds.reduce((sum, kind) => {
    const data = metric[kind];
    return isObject(data) ? sum + elements(data, 'dataPoints').length : sum;
  }, 0);
}

function elements(parent: JsonObject, name: string): JsonObject[] {
  const value = parent[name];
  return Array.isArray(value) ? value.filter(isObject) : [];
}
