import type { Queries } from '../../query/queries.ts';
import type { Tool } from '../define-tool.ts';
import { analyzeTool } from './analyze-tool.ts';

export const exampleFilters = ['role = server AND workload = "checkout"'] as const;

export function analyzeTraces(queries: Queries): Tool {
  return analyzeTool(queries, {
    signal: 'traces',
    title: 'Analyze traces',
    description: `Aggregates all spans of a time window that match: counts them, or computes avg, sum, min, max, percentiles or unique_count of a field; in groups (groupBy), as one value (instant) or over time (range).

Use it for latency and errors: p99 of duration by workload, calls by status and operation_name, errors over time (filters "status = error", queryType "range"). "role = server" counts each request once, where it is served. Values are exact.

To list single spans use search-traces, for what changed since a time compare-windows. For what was written to logs use analyze-logs. If you don't know which fields or attributes exist, call get-trace-or-log-fields with datasource "traces" first.`,
    exampleFilter: exampleFilters[0],
    exampleAggregation: '{"function":"p99","field":"duration"}',
  });
}
