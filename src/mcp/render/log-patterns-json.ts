import type { LogPatternsResult } from '../../query/log-patterns.ts';
import type { LogPattern } from '../../telemetry/log-pattern/log-patterns.ts';
import { formatTime } from '../../telemetry/time.ts';
import { answerJson, cutNotes, echo, type Presentation, windowJson } from './answer.ts';
import { fitToBudget, type Limits } from './budget.ts';
import {
  dimensions,
  howToNarrow,
  mostWorkloads,
  restNotes,
  type Shrinking,
  shortestExample,
} from './log-patterns.ts';
import { Untrusted } from './untrusted.ts';

/** The patterns as JSON. */
export function logPatternsJson(result: LogPatternsResult, presentation: Presentation): string {
  const { maxTokens } = presentation;
  const lengths = new Map<string, number>();
  const filter = echo(result.filter, maxTokens);
  const { baseline } = result;
  return fitToBudget(dimensions(result, maxTokens), maxTokens, (limits) => {
    const untrusted = new Untrusted(lengths);
    const shown = result.patterns.slice(0, limits.patterns);
    const body = {
      window: windowJson(result),
      filter,
      matched: result.rows,
      ...(baseline !== undefined && {
        baseline: { ...windowJson({ window: baseline }), matched: result.baselineRows },
        significant_changes_total: result.changesTotal,
      }),
      left_out: result.rowsLeftOut,
      patterns_total: result.patternsTotal,
      patterns_shown: shown.length,
      patterns: shown.map((pattern) => patternJson(pattern, limits, untrusted)),
    };
    const notes = [
      ...restNotes(result, shown.length, maxTokens),
      ...cutNotes(untrusted.cut, maxTokens, howToNarrow),
    ];
    return answerJson(body, notes, result, presentation);
  });
}

function patternJson(pattern: LogPattern, limits: Limits<Shrinking>, untrusted: Untrusted) {
  const { window, baseline, change, levels, workloads } = pattern;
  const seen = window.rows > 0 ? window : baseline;
  return {
    pattern: untrusted.admit(pattern.template, limits.pattern),
    count: window.rows,
    ...(change !== undefined && {
      baseline_count: baseline.rows,
      change: change.change,
      significant: change.significant,
      factor: change.factor,
      p_value: change.pValue,
      q_value: change.qValue,
    }),
    levels: Object.fromEntries(levels),
    first: formatTime(seen.first),
    last: formatTime(seen.last),
    workloads: workloads
      .slice(0, mostWorkloads)
      .map(([name, count]) => ({ workload: untrusted.admit(name, limits.name), count })),
    workloads_total: workloads.length,
    example:
      limits.example < shortestExample
        ? null
        : untrusted.admitBeginning(pattern.example, pattern.exampleRest, limits.example),
  };
}
