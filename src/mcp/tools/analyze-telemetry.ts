import { z } from 'zod';
import type { Queries } from '../../query/queries.ts';
import { groupLimit } from '../../query/requests.ts';
import type { LabelledQuery } from '../../query/telemetry-requests.ts';
import type { LabelledAnswer } from '../../query/telemetry-results.ts';
import { defineTool, type Tool } from '../define-tool.ts';
import { analyzeTelemetryJson, analyzeTelemetryText } from '../render/analyze-telemetry.ts';
import { queriesParameter, readQueries } from './labelled-queries.ts';
import { normalisedFilter, presentation, stepOf, window } from './parameters.ts';

/** The queries by label, with the filters as they were understood. */
function normalisedQueries(
  answers: readonly LabelledAnswer[],
  queries: readonly LabelledQuery[],
): Readonly<Record<string, unknown>> {
  const filters = new Map(
    answers.flatMap(({ label, kind, result }) =>
      kind === 'records' ? [[label, normalisedFilter(result.filter)] as const] : [],
    ),
  );
  return Object.fromEntries(
    queries.map(({ label, ...query }) => [label, { ...query, ...filters.get(label) }]),
  );
}

/** Logs, traces, metrics and formulas of them, in one request. */
export function analyzeTelemetry(queries: Queries): Tool {
  return defineTool({
    name: 'analyze-telemetry',
    title: 'Combine logs, traces and metrics',
    description: `Asks several queries over logs, traces and metrics at once, side by side on one time grid, and computes formulas of them: ratios, percentages, differences, joins of signals.
Example, failed requests in percent of each service: queries {"A":{"datasource":"traces","filters":"return_code >= 500","groupBy":["service"]},"B":{"datasource":"traces","groupBy":["service"]},"C":{"datasource":"formula","expression":"(A / B) * 100"}}.
Series meet by equal labels, so group by the same fields (PromQL: sum by (namespace, pod) (…)); a query with fewer labels meets all that agree. A row_count that is missing is 0. Formulas: + - * / % ^, abs, round, min, max, clamp, default(A, 0); see the resource kubesense://formulas.
For one query alone use analyze-logs, analyze-traces or analyze-metrics.`,
    input: z.strictObject({
      queries: queriesParameter,
      ...window,
      queryType: z
        .enum(['instant', 'range'])
        .describe('one value for the window (metrics: at to_time), or series over time')
        .default('instant'),
      step: z
        .string()
        .describe('Width of a bucket of a range: "30s", "5m". Default: at most 60 buckets')
        .optional(),
      limit: z
        .int()
        .min(1)
        .max(groupLimit.max)
        .describe('groups to show of each query; all take part in formulas')
        .default(groupLimit.standard),
      ...presentation,
    }),
    async run({ queries: sent, from_time, to_time, queryType, step, limit }, call) {
      const { queries: read, notes } = readQueries(sent);
      const result = await queries.analyzeTelemetry(
        { queries: read, fromTime: from_time, toTime: to_time, queryType, step: stepOf(step), limit },
        call,
      );
      return { ...result, notes: [...notes, ...result.notes] };
    },
    found: ({ answers }, { queries: sent }) => ({
      rows: answers.reduce((rows, { result }) => rows + result.series.length, 0),
      query: { queries: normalisedQueries(answers, readQueries(sent).queries) },
    }),
    render: { compact: analyzeTelemetryText, json: analyzeTelemetryJson },
  });
}
