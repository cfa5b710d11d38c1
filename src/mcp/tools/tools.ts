import type { Queries } from '../../query/queries.ts';
import type { Tool } from '../define-tool.ts';
import { analyzeLogs } from './analyze-logs.ts';
import { analyzeMetrics } from './analyze-metrics.ts';
import { analyzeTelemetry } from './analyze-telemetry.ts';
import { analyzeTraces } from './analyze-traces.ts';
import { compareWindows } from './compare-windows.ts';
import { findLogPatterns } from './find-log-patterns.ts';
import { getAvailableMetrics } from './get-available-metrics.ts';
import { getFieldValues } from './get-field-values.ts';
import { getKubernetesChanges } from './get-kubernetes-changes.ts';
import { getMetricLabels } from './get-metric-labels.ts';
import { getServiceMap } from './get-service-map.ts';
import { getTrace } from './get-trace.ts';
import { getTraceOrLogFields } from './get-trace-or-log-fields.ts';
import { searchLogs } from './search-logs.ts';
import { searchTraces } from './search-traces.ts';

/** All tools, in the order in which clients list them: what to begin an incident with, then discovery. */
export function createTools(queries: Queries): readonly Tool[] {
  return [
    compareWindows(queries),
    getTraceOrLogFields(queries),
    getFieldValues(queries),
    getAvailableMetrics(queries),
    getMetricLabels(queries),
    searchLogs(queries),
    findLogPatterns(queries),
    searchTraces(queries),
    getTrace(queries),
    getServiceMap(queries),
    getKubernetesChanges(queries),
    analyzeLogs(queries),
    analyzeTraces(queries),
    analyzeMetrics(queries),
    analyzeTelemetry(queries),
  ];
}
