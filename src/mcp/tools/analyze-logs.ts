import type { Queries } from '../../query/queries.ts';
import type { Tool } from '../define-tool.ts';
import { analyzeTool } from './analyze-tool.ts';

export const exampleFilters = ['level = ERROR AND namespace = "payments"'] as const;

export function analyzeLogs(queries: Queries): Tool {
  return analyzeTool(queries, {
    signal: 'logs',
    title: 'Analyze logs',
    description: `Aggregates all log records of a time window that match: counts them, or computes avg, sum, min, max, percentiles or unique_count of a field; in groups (groupBy), as one value (instant) or over time (range).

Use it for how many, which most, since when: errors by workload (filters "level = ERROR", groupBy ["workload"]), log volume over time (queryType "range"), pods that log a message (unique_count of pod_name). Values are exact.

To read the records themselves use search-logs, for what changed in what they say find-log-patterns. For latency and failed requests use analyze-traces. If you don't know which fields or attributes exist, call get-trace-or-log-fields with datasource "logs" first.`,
    exampleFilter: exampleFilters[0],
    exampleAggregation: '{"function":"unique_count","field":"pod_name"}',
  });
}
