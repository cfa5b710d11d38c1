import type { Aggregates, LineAggregate, PatternAggregate } from '../comparison/aggregates.ts';
import { type Failing, sorted } from './failing.ts';
import type { LogTable } from './log-table.ts';
import { byStretch, increase, type Range, stretchAt } from './range.ts';
import { take } from './span-aggregates.ts';
import type { SpanTable } from './span-table.ts';

/** Levels that tell of a failure. */
const errorLevels: ReadonlySet<string> = new Set(['ERROR', 'FATAL', 'PANIC']);

export interface KnownLogs {
  readonly logs: LogTable;
  readonly spans: SpanTable;
  readonly failing: Failing;
  /** By number of the place. */
  readonly names: readonly string[];
}

/** Adds the workloads that logged an error in a request. */
export function addFailingLogs(failing: Failing, logs: LogTable, names: readonly string[]): void {
  const isError = logs.levels.all.map((level) => errorLevels.has(level));
  for (let row = 0; row < logs.rows; row++) {
    if ((logs.entry[row] ?? -1) >= 0 && isError[logs.level[row] ?? 0]) {
      failing.add(logs.trace, row, names[logs.place[row] ?? 0] ?? '');
    }
  }
}

/**
 * What the logs tell of a window, by pattern: requests that wrote lines of it, each counted once, when it began; and
 * lines of which no request is known.
 */
export function logAggregates(
  { logs, spans, failing, names }: KnownLogs,
  range: Range,
): Pick<Aggregates, 'patterns' | 'lines'> {
  const patterns = new Map<number, PatternCounts>();
  const lines = new Map<number, LineCounts>();
  const seen = new Set<number>();
  const levels = logs.levels.all.length;
  const operations = spans.operations.all.length;
  for (let row = 0; row < logs.rows; row++) {
    const pattern = logs.pattern[row] ?? -1;
    const line = stretchAt(range, logs.time[row] ?? 0);
    if (pattern < 0 || line < 0) continue;
    const entry = logs.entry[row] ?? -1;
    const place = logs.place[row] ?? 0;
    const level = logs.level[row] ?? 0;
    const kind = pattern * levels + level;
    const origin = { workload: names[place] ?? '', level: logs.levels.all[level] ?? '' };
    if (entry < 0) {
      const each = take(lines, kind * names.length + place, () => ({
        ...origin,
        pattern: logs.patterns[pattern] ?? '',
        lines: byStretch(range, () => 0),
      }));
      increase(each.lines, line);
      continue;
    }
    const request = stretchAt(range, spans.start[entry] ?? 0);
    const once = entry * logs.patterns.length * levels + kind;
    if (request < 0 || seen.has(once)) continue;
    seen.add(once);
    const operation = spans.operation[entry] ?? 0;
    const each = take(patterns, (kind * names.length + place) * operations + operation, () => ({
      ...origin,
      operation: spans.operations.all[operation] ?? '',
      pattern: logs.patterns[pattern] ?? '',
      requests: byStretch(range, () => 0),
      failingBelow: new Map(),
    }));
    increase(each.requests, request);
    if (errorLevels.has(each.level)) failing.count(each.failingBelow, logs.trace, row, each.workload);
  }
  return {
    patterns: [...patterns.values()].map((each) => ({ ...each, failingBelow: sorted(each.failingBelow) })),
    lines: [...lines.values()],
  };
}

interface PatternCounts extends PatternAggregate {
  readonly requests: number[];
  readonly failingBelow: Map<string, number>;
}

interface LineCounts extends LineAggregate {
  readonly lines: number[];
}
