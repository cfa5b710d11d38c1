import { z } from 'zod';
import type { Queries } from '../../query/queries.ts';
import { edgeLimit } from '../../query/service-map.ts';
import { defineTool, type Tool } from '../define-tool.ts';
import { serviceMapJson, serviceMapText } from '../render/service-map.ts';
import { filters, normalisedFilter, presentation, window } from './parameters.ts';

export const exampleFilter = 'namespace = payments';

/** Who calls whom. */
export function getServiceMap(queries: Queries): Tool {
  return defineTool({
    name: 'get-service-map',
    title: 'Show who calls whom',
    description: `Shows the calls between workloads in a time window: count, rate, share that failed, p50 and p95 of serving, and the gap (how much longer the client waited: network and queues). The whole map, or what is around one workload. Databases and others that record no spans are there by the name their callers have for them.

Use it to see what a workload depends on and which dependency is slow or failing. For one request use get-trace; for operations within a workload, or trends, analyze-traces.`,
    input: z.strictObject({
      ...window,
      workload: z.string().describe('Only its callers and what it calls').optional(),
      filters: filters(exampleFilter),
      limit: z.int().min(1).max(edgeLimit.max).default(edgeLimit.standard),
      ...presentation,
    }),
    aliases: { service: 'workload' },
    run: ({ from_time, to_time, workload, filters, limit }, call) =>
      queries.serviceMap({ fromTime: from_time, toTime: to_time, workload, filters, limit }, call),
    found: ({ calls, filter }) => ({ rows: calls.length, query: normalisedFilter(filter) }),
    render: { compact: serviceMapText, json: serviceMapJson },
  });
}
