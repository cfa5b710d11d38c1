import type { LogInTrace, TraceResult } from '../../query/trace-requests.ts';
import type { TracedSpan } from '../../telemetry/trace/analyze-trace.ts';
import { foldSpans, mostTellingFirst, type SpanGroup } from '../../telemetry/trace/fold.ts';
import type { Dimension, Limits } from './budget.ts';

/** A trace as lines that may be shown: groups of spans, and the logs of each. */
export interface TraceLines {
  readonly groups: readonly SpanGroup[];
  /** Indexes of the groups: that of the span that was picked, with what it is in, then what says most first. */
  readonly ranked: readonly number[];
  /** The group of each log of the result; -1 for none. */
  readonly groupOfLog: readonly number[];
}

export function traceLines(result: TraceResult): TraceLines {
  const groups = foldSpans(result.spans, result.top === undefined ? undefined : [result.top]);
  const groupOfSpan = new Map<number, number>();
  for (const [i, { spans }] of groups.entries()) for (const span of spans) groupOfSpan.set(span, i);
  const picked = result.spans.findIndex(({ spanId }) => spanId === result.picked?.spanId);
  const pickedGroup = groupOfSpan.get(picked) ?? -1;
  return {
    groups,
    ranked: [...new Set([...wayTo(pickedGroup, groups), ...mostTellingFirst(groups)])],
    groupOfLog: result.logs.map(({ span }) => groupOfSpan.get(span) ?? -1),
  };
}

/** The groups from the top to this one. */
function wayTo(index: number, groups: readonly SpanGroup[]): number[] {
  const way: number[] = [];
  for (let i = index; i >= 0; i = groups[i]?.parent ?? -1) way.push(i);
  return way.reverse();
}

type Shrinking = 'body' | 'logs' | 'groups' | 'fewLogs' | 'fewGroups' | 'name';
export type TraceLimits = Limits<Shrinking>;

/** Characters of a name. */
export const longestName = 120;

/** A line of a span is some 20 tokens, of a log some more: what can't fit is not tried. */
const tokensOfLine = 10;

/** Bodies are shortened first; then logs and spans go in turn, down to the most telling ones. */
export function traceDimensions(
  { logs }: TraceResult,
  { groups }: TraceLines,
  maxTokens: number,
): Dimension<Shrinking>[] {
  const most = Math.ceil(maxTokens / tokensOfLine);
  const longest = logs.reduce((length, { body }) => Math.max(length, body.length), 0);
  const mostLogs = Math.min(logs.length, most);
  const mostGroups = Math.min(groups.length, most);
  return [
    { name: 'body', most: longest, least: 120 },
    { name: 'logs', most: mostLogs, least: 15 },
    { name: 'groups', most: mostGroups, least: 25 },
    { name: 'fewLogs', most: Math.min(mostLogs, 15), least: 0 },
    { name: 'fewGroups', most: Math.min(mostGroups, 25), least: 0 },
    // Of workloads on the critical path, which stand above the tree.
    { name: 'name', most: longestName, least: 10 },
  ];
}

export interface ShownGroup {
  readonly index: number;
  readonly group: SpanGroup;
  readonly spans: readonly TracedSpan[];
  /** Spans below it that are not shown. */
  readonly hidden: number;
  readonly logs: readonly LogInTrace[];
}

export interface ShownTrace {
  readonly groups: readonly ShownGroup[];
  /** Logs that name no span of the trace. */
  readonly otherLogs: readonly LogInTrace[];
  readonly logsShown: number;
  /** Spans in no shown group. */
  readonly spansHidden: number;
}

/** What of a trace is shown within the limits: with each group all that it is in. */
export function shownTrace(result: TraceResult, lines: TraceLines, limits: TraceLimits): ShownTrace {
  const least = limits.groups <= 25;
  const most = least ? Math.min(limits.groups, limits.fewGroups) : limits.groups;
  const shown = new Set(lines.ranked.slice(0, most));
  const hidden = new Map<number, number>();
  for (const [i, group] of lines.groups.entries()) {
    if (!shown.has(i) && (group.parent === -1 || shown.has(group.parent))) {
      hidden.set(group.parent, (hidden.get(group.parent) ?? 0) + group.below.spans);
    }
  }
  const mostLogs = limits.logs <= 15 ? Math.min(limits.logs, limits.fewLogs) : limits.logs;
  const logsOf = new Map<number, LogInTrace[]>();
  const otherLogs: LogInTrace[] = [];
  let logsShown = 0;
  for (const [i, log] of result.logs.entries()) {
    if (logsShown === mostLogs) break;
    const group = lines.groupOfLog[i] ?? -1;
    if (group === -1 ? result.top !== undefined : !shown.has(group)) continue;
    logsShown++;
    if (group === -1) otherLogs.push(log);
    else logsOf.set(group, [...(logsOf.get(group) ?? []), log]);
  }
  const inTime = (logs: readonly LogInTrace[]) => logs.toSorted((a, b) => a.at - b.at);
  return {
    groups: lines.groups.flatMap((group, index) =>
      shown.has(index)
        ? [
            {
              index,
              group,
              spans: group.spans.flatMap((span) => result.spans[span] ?? []),
              hidden: hidden.get(index) ?? 0,
              logs: inTime(logsOf.get(index) ?? []),
            },
          ]
        : [],
    ),
    otherLogs: inTime(otherLogs),
    logsShown,
    spansHidden: [...hidden.values()].reduce((sum, spans) => sum + spans, 0),
  };
}
