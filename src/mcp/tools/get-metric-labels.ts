import { z } from 'zod';
import type { Queries } from '../../query/queries.ts';
import { defineTool, type Tool } from '../define-tool.ts';
import { metricLabelsJson, metricLabelsText } from '../render/metric-labels.ts';
import { presentation } from './parameters.ts';

/** What a metric can be selected and grouped by. */
export function getMetricLabels(queries: Queries): Tool {
  return defineTool({
    name: 'get-metric-labels',
    title: 'List labels of a metric',
    description: `Lists the labels of one metric with the number of their values and examples, and the metric's type, unit and number of series: what PromQL selectors ({namespace="shop"}) and by (…) can use.

Use it before you write PromQL with labels that you have not seen: a wrong label or value selects nothing. Without times it looks at all that is stored; with them at series that had samples then.

To find the metric's name use get-available-metrics; for values, and for all values of a label (count by (pod) (metric)), use analyze-metrics.`,
    input: z.strictObject({
      metric_name: z.string().describe('The exact name, for example container_cpu_usage_seconds_total'),
      from_time: z.string().describe('Start, as in the other tools: "now-1h". Default: any time').optional(),
      to_time: z.string().describe('End').optional(),
      ...presentation,
    }),
    aliases: { name: 'metric_name', metric: 'metric_name' },
    run: ({ metric_name, from_time, to_time }, call) =>
      queries.metricLabels({ metric: metric_name, fromTime: from_time, toTime: to_time }, call),
    found: ({ labels }) => ({ rows: labels.length }),
    render: { compact: metricLabelsText, json: metricLabelsJson },
  });
}
