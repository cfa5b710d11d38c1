import { z } from 'zod';
import type { Queries } from '../../query/queries.ts';
import { groupLimit } from '../../query/requests.ts';
import { defineTool, type Tool } from '../define-tool.ts';
import { analyzeMetricsJson, analyzeMetricsText } from '../render/analyze-metrics.ts';
import { presentation, stepOf, window } from './parameters.ts';

/** PromQL. */
export function analyzeMetrics(queries: Queries): Tool {
  return defineTool({
    name: 'analyze-metrics',
    title: 'Analyze metrics with PromQL',
    description: `Evaluates PromQL (Prometheus 3, all functions): at to_time alone (queryType "instant"), or at each step from from_time to to_time ("range"), where every series comes with min, max, avg, latest and total.

Use it for CPU, memory, request rates, latencies, saturation: sum by (namespace) (rate(http_requests_total[5m])), topk(5, container_memory_working_set_bytes). An instant query looks back only as far as its own ranges, and a range query sees only its points: for the highest value of an hour ask max_over_time(x[1h]).

Don't guess names: get-available-metrics finds metrics, get-metric-labels their labels. Logs and traces are no metrics: count them with analyze-logs and analyze-traces.`,
    input: z.strictObject({
      promql: z.string().describe('For example sum by (pod) (rate(container_cpu_usage_seconds_total[5m]))'),
      ...window,
      to_time: z.string().describe('End, inclusive; the time of an instant query. Default: now').optional(),
      queryType: z
        .enum(['instant', 'range'])
        .describe('values at to_time, or a series over time')
        .default('instant'),
      step: z
        .string()
        .describe('Distance of the points of a range: "30s", "5m". Default: at most 60 points')
        .optional(),
      limit: z
        .int()
        .min(1)
        .max(groupLimit.max)
        .describe('series to show, highest first')
        .default(groupLimit.standard),
      ...presentation,
    }),
    aliases: { query: 'promql' },
    run: ({ promql, from_time, to_time, queryType, step, limit }, call) =>
      queries.analyzeMetrics(
        { promql, fromTime: from_time, toTime: to_time, queryType, step: stepOf(step), limit },
        call,
      ),
    found: ({ series, promql }) => ({ rows: series.length, query: { promql } }),
    render: { compact: analyzeMetricsText, json: analyzeMetricsJson },
  });
}
