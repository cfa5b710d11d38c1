import { z } from 'zod';
import { metricLimit } from '../../query/metric-requests.ts';
import type { Queries } from '../../query/queries.ts';
import { defineTool, type Tool } from '../define-tool.ts';
import { availableMetricsJson, availableMetricsText } from '../render/available-metrics.ts';
import { presentation } from './parameters.ts';

/** Which metrics there are. */
export function getAvailableMetrics(queries: Queries): Tool {
  return defineTool({
    name: 'get-available-metrics',
    title: 'Find metrics',
    description: `Lists the metrics that are stored, with type, unit, help text and number of series; of a long list also how the names begin.

Use it first whenever you don't know the exact name of a metric: give parts of it as keyword, such as ["cpu", "usage"]; all must be in the name, in any order and case. Names are Prometheus': OpenTelemetry's http.server.request.duration is http_server_request_duration_seconds.

Next: get-metric-labels for the labels of one metric, analyze-metrics for its values. For fields of logs and traces use get-trace-or-log-fields.`,
    input: z.strictObject({
      keyword: z
        .array(z.string())
        .max(10)
        .describe('Parts of the name, as a list or as text: "http duration". Default: all metrics')
        .optional(),
      limit: z.int().min(1).max(metricLimit.max).default(metricLimit.standard),
      ...presentation,
    }),
    aliases: { search_keywords: 'keyword', keywords: 'keyword', search: 'keyword' },
    run: ({ keyword = [], limit }, call) => queries.availableMetrics({ keywords: keyword, limit }, call),
    found: ({ metrics }) => ({ rows: metrics.length }),
    render: { compact: availableMetricsText, json: availableMetricsJson },
  });
}
