import { z } from 'zod';
import type { Queries } from '../../query/queries.ts';
import { groupLimit, mostGroupKeys } from '../../query/requests.ts';
import type { Signal } from '../../telemetry/fields.ts';
import { defineTool, type Tool } from '../define-tool.ts';
import { analyzeJson, analyzeText } from '../render/analyze.ts';
import {
  aggregation,
  aggregationInput,
  fieldInputs,
  fieldList,
  filters,
  normalisedFilter,
  presentation,
  stepOf,
  window,
} from './parameters.ts';

export interface AnalyzeToolOptions {
  readonly signal: Signal;
  readonly title: string;
  readonly description: string;
  readonly exampleFilter: string;
  /** As JSON. */
  readonly exampleAggregation: string;
}

/** `analyze-logs` and `analyze-traces`: aggregations over all records that match. */
export function analyzeTool(queries: Queries, options: AnalyzeToolOptions): Tool {
  const { signal, title, description, exampleFilter, exampleAggregation } = options;
  return defineTool({
    name: `analyze-${signal}`,
    title,
    description,
    input: z.strictObject({
      ...window,
      queryType: z
        .enum(['instant', 'range'])
        .describe('one value for the window, or a series over time')
        .default('instant'),
      filters: filters(exampleFilter),
      aggregation: aggregation(exampleAggregation),
      groupBy: fieldList(mostGroupKeys, 'Fields to group by, for example ["workload"]; attributes as @name'),
      step: z
        .string()
        .describe('Width of a bucket of a range: "30s", "5m". Default: at most 60 buckets')
        .optional(),
      limit: z
        .int()
        .min(1)
        .max(groupLimit.max)
        .describe('groups to show, highest first')
        .default(groupLimit.standard),
      ...presentation,
    }),
    run: ({ from_time, to_time, queryType, filters, aggregation, groupBy, step, limit }, call) =>
      queries.analyze(
        {
          signal,
          fromTime: from_time,
          toTime: to_time,
          queryType,
          filters,
          aggregation: aggregationInput(aggregation),
          groupBy: fieldInputs(groupBy),
          step: stepOf(step),
          limit,
        },
        call,
      ),
    found: ({ series, filter }) => ({ rows: series.length, query: normalisedFilter(filter) }),
    render: { compact: analyzeText, json: analyzeJson },
  });
}
