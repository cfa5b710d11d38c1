import type { Queries } from '../../query/queries.ts';
import type { Tool } from '../define-tool.ts';
import { searchTool } from './search-tool.ts';

export const exampleFilters = [
  'level = ERROR AND namespace = "payments"',
  `body LIKE '%timeout%' AND body NOT LIKE '%healthcheck%'`,
  `trace_id = "6f3cbf058c2765548a39ad724905d6a1"`,
] as const;

export function searchLogs(queries: Queries): Tool {
  return searchTool(queries, {
    signal: 'logs',
    title: 'Search logs',
    description: `Shows log records of a time window, at most 10 of those that match, with their bodies; and says how many match. Use it to read what was logged: error messages, stack traces, the logs of one request by trace_id.

For counts, top lists, error rates or trends use analyze-logs: it looks at all records; for what many logs say, and what is new in them, find-log-patterns. For requests, calls and latencies use search-traces. If you don't know which fields or attributes exist, call get-trace-or-log-fields with datasource "logs" first.

Filters: ${exampleFilters.join('; ')}.`,
    exampleFilter: exampleFilters[0],
    orders: ['newest', 'oldest'],
  });
}
