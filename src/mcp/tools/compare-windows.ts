import { z } from 'zod';
import { changeLimit } from '../../query/comparison-results.ts';
import type { Queries } from '../../query/queries.ts';
import { defineTool, type Tool } from '../define-tool.ts';
import { compareWindowsText } from '../render/compare-windows.ts';
import { compareWindowsJson } from '../render/compare-windows-json.ts';
import { filters, normalisedFilter, presentation, window } from './parameters.ts';

export const exampleFilter = 'namespace = payments';

/** What changed, and what that suggests. */
export function compareWindows(queries: Queries): Tool {
  return defineTool({
    name: 'compare-windows',
    title: 'Compare an incident with the time before',
    description: `The first call on "why is X slow or failing since T?". Compares a time window with a baseline over traces, logs and metrics: operations whose errors, times or rates changed, gaps of calls between workloads, log patterns, levels of metrics, each tested against chance and with the time at which it began, strongest first; then the causes that this suggests, with evidence, and what can't be told.

Give the window of the symptom; the baseline is chosen by itself (the nearest calm earlier time of the same length) unless given. Then look closer: get-trace for one request, find-log-patterns for all logs, analyze-* for numbers over time.`,
    input: z.strictObject({
      ...window,
      baseline_from: z
        .string()
        .describe(
          'Start of a time when all was well. Default: chosen; with baseline_to, as long as the window',
        )
        .optional(),
      baseline_to: z.string().describe('Its end. Default, with baseline_from: from_time').optional(),
      workload: z.string().describe('Only requests that pass through it, with all that they call').optional(),
      filters: filters(exampleFilter),
      limit: z.int().min(1).max(changeLimit.max).default(changeLimit.standard).describe('changes to list'),
      ...presentation,
    }),
    aliases: { baselineFrom: 'baseline_from', baselineTo: 'baseline_to', service: 'workload' },
    run: ({ from_time, to_time, baseline_from, baseline_to, workload, filters, limit }, call) =>
      queries.compareWindows(
        {
          fromTime: from_time,
          toTime: to_time,
          baselineFrom: baseline_from,
          baselineTo: baseline_to,
          workload,
          filters,
          limit,
        },
        call,
      ),
    found: ({ changes, filter }) => ({ rows: changes.length, query: normalisedFilter(filter) }),
    render: { compact: compareWindowsText, json: compareWindowsJson },
  });
}
