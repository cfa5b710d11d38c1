import type { Queries } from '../../query/queries.ts';
import type { Tool } from '../define-tool.ts';
import { searchTool } from './search-tool.ts';

export const exampleFilters = [
  'status = error AND workload = "checkout"',
  'protocol_type = HTTP AND return_code >= 500',
  'duration > 500ms',
  `trace_id = "6f3cbf058c2765548a39ad724905d6a1"`,
] as const;

export function searchTraces(queries: Queries): Tool {
  return searchTool(queries, {
    signal: 'traces',
    title: 'Search traces',
    description: `Shows spans (single operations of traces) of a time window, at most 10 of those that match; and says how many match. Use it to list single requests: failed or slow ones (order "slowest"), with their trace_id. To see one of them as a tree, and where its time went, use get-trace.

For latency percentiles, error rates, top lists or trends use analyze-traces: it looks at all spans. For what was written to logs use search-logs. If you don't know which fields or attributes exist, call get-trace-or-log-fields with datasource "traces" first.

Filters: ${exampleFilters.join('; ')}.`,
    exampleFilter: exampleFilters[0],
    orders: ['newest', 'oldest', 'slowest'],
  });
}
