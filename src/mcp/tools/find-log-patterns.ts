import { z } from 'zod';
import type { Queries } from '../../query/queries.ts';
import { groupLimit } from '../../query/requests.ts';
import { defineTool, type Tool } from '../define-tool.ts';
import { logPatternsText } from '../render/log-patterns.ts';
import { logPatternsJson } from '../render/log-patterns-json.ts';
import { filters, normalisedFilter, presentation, window } from './parameters.ts';

export const exampleFilter = 'namespace = payments AND level >= WARN';

/** What kinds of logs there are, and which are new. */
export function findLogPatterns(queries: Queries): Tool {
  return defineTool({
    name: 'find-log-patterns',
    title: 'Find patterns of logs',
    description: `Groups log bodies that differ in values alone into patterns (<*> for what varies), with counts, levels, first and last time, workloads and an example. With a baseline: which patterns are new, gone, more or fewer, by rates, each with a test of significance.

Use it to see what thousands of logs say, or what changed when an incident began. To read single logs use search-logs; to count by fields analyze-logs.`,
    input: z.strictObject({
      ...window,
      filters: filters(exampleFilter),
      baseline_from: z
        .string()
        .describe('Start of a window to compare with. Default: as long as the window before baseline_to')
        .optional(),
      baseline_to: z.string().describe('Its end. Default, with baseline_from: from_time').optional(),
      limit: z.int().min(1).max(groupLimit.max).default(groupLimit.standard),
      ...presentation,
    }),
    aliases: { baselineFrom: 'baseline_from', baselineTo: 'baseline_to' },
    run: ({ from_time, to_time, filters, baseline_from, baseline_to, limit }, call) =>
      queries.logPatterns(
        {
          fromTime: from_time,
          toTime: to_time,
          filters,
          baselineFrom: baseline_from,
          baselineTo: baseline_to,
          limit,
        },
        call,
      ),
    found: ({ patterns, filter }) => ({ rows: patterns.length, query: normalisedFilter(filter) }),
    render: { compact: logPatternsText, json: logPatternsJson },
  });
}
