import { z } from 'zod';
import type { Queries } from '../../query/queries.ts';
import { defineTool, type Tool } from '../define-tool.ts';
import { traceText } from '../render/trace.ts';
import { traceJson } from '../render/trace-json.ts';
import { filters, normalisedFilter, presentation, window } from './parameters.ts';

export const exampleFilter = 'workload = checkout AND role = server';

/** One request through all its workloads. */
export function getTrace(queries: Queries): Tool {
  return defineTool({
    name: 'get-trace',
    title: 'Show one trace as a tree',
    description: `Shows one trace as a tree: when each span ran, its self time, its time on the critical path, errors, the gap between a call and its server span (network and queues), and the trace's logs in place. Repeated siblings are folded (×N).

Use it to see where the time of one request went, or which call failed first: by trace_id, or let it pick one of the spans that match filters. Self time is what no child covers; the critical path is what the root waited for.

To list spans or trace_ids use search-traces; for statistics over many requests analyze-traces; for who calls whom get-service-map.`,
    input: z.strictObject({
      trace_id: z.string().describe('Needs neither times nor filters').optional(),
      pick: z
        .enum(['slowest', 'first_failed', 'typical'])
        .describe('Without trace_id; typical: nearest the median duration. Default: slowest')
        .optional(),
      ...window,
      filters: filters(exampleFilter),
      span_id: z.string().describe('Show this span and what is below it').optional(),
      ...presentation,
    }),
    aliases: { traceId: 'trace_id', id: 'trace_id', spanId: 'span_id' },
    run: ({ trace_id, pick, from_time, to_time, filters, span_id }, call) =>
      queries.getTrace(
        { traceId: trace_id, pick, fromTime: from_time, toTime: to_time, filters, spanId: span_id },
        call,
      ),
    found: ({ spans, picked }) => ({
      rows: spans.length,
      ...(picked !== undefined && { query: normalisedFilter(picked.filter) }),
    }),
    render: { compact: traceText, json: traceJson },
  });
}
