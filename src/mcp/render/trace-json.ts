import type { LogInTrace, TraceResult } from '../../query/trace-requests.ts';
import { formatTime } from '../../telemetry/time.ts';
import type { TracedSpan } from '../../telemetry/trace/analyze-trace.ts';
import { answerJson, cutNotes, echo, type Presentation, windowJson } from './answer.ts';
import { fitToBudget } from './budget.ts';
import {
  type ShownGroup,
  shownTrace,
  type TraceLimits,
  traceDimensions,
  traceLines,
} from './trace-groups.ts';
import { defectNotes, leftOutNotes } from './trace-notes.ts';
import { Untrusted } from './untrusted.ts';

const longestText = 200;

/** A trace as JSON: times in ns, offsets from `window.from`; a span that stands for several has `count`. */
export function traceJson(result: TraceResult, presentation: Presentation): string {
  const { maxTokens } = presentation;
  const lines = traceLines(result);
  const defects = defectNotes(result);
  const lengths = new Map<string, number>();
  return fitToBudget(traceDimensions(result, lines, maxTokens), maxTokens, (limits) => {
    const untrusted = new Untrusted(lengths);
    const shown = shownTrace(result, lines, limits);
    const text = (value: string): string => untrusted.admit(value, longestText);
    const { picked, spans, root } = result;
    const body = {
      window: windowJson(result),
      trace_id: text(result.traceId),
      picked:
        picked === undefined
          ? null
          : {
              pick: picked.pick,
              window: windowJson({ window: picked.searched }),
              filter: echo(picked.filter, maxTokens),
              candidates: picked.candidates,
              roots_only: picked.rootsOnly,
              span_id: text(picked.spanId),
              duration_ns: picked.duration,
              median_ns: picked.median,
            },
      spans_total: result.spansTotal,
      spans_shown: shown.groups.reduce((sum, group) => sum + group.spans.length, 0),
      failed: spans.filter(({ failed }) => failed).length,
      duration_ns: result.duration,
      covered_ns: result.covered,
      self_total_ns: spans.reduce((sum, { self }) => sum + self, 0),
      critical_path_of: root === undefined ? null : text(spans[root]?.spanId ?? ''),
      spans: shown.groups.map((group) => spanJson(group, result, limits, untrusted)),
      logs_total: result.logsTotal,
      logs_shown: shown.logsShown,
      other_logs: shown.otherLogs.map((log) => logJson(log, result, limits, untrusted)),
    };
    const notes = [
      ...defects,
      ...leftOutNotes(result, lines, shown, maxTokens),
      ...cutNotes(untrusted.cut, maxTokens, 'use search-logs or search-traces with trace_id'),
    ];
    return answerJson(body, notes, result, presentation);
  });
}

/** What a span does not have is left out: most have neither failures nor gaps. */
function spanJson(
  { group, spans, hidden, logs }: ShownGroup,
  result: TraceResult,
  limits: TraceLimits,
  untrusted: Untrusted,
): object {
  const text = (value: string): string => untrusted.admit(value, longestText);
  const optional = (name: string, value: string) => (value === '' ? {} : { [name]: text(value) });
  const sum = (of: (span: TracedSpan) => number): number => spans.reduce((all, span) => all + of(span), 0);
  const [first] = spans;
  if (first === undefined) return {};
  const gaps = spans.flatMap(({ gap }) => gap ?? []);
  const [gap] = gaps;
  return {
    span_id: text(first.spanId),
    ...optional('parent_span_id', first.parentSpanId),
    depth: group.depth,
    ...(spans.length > 1 && {
      count: spans.length,
      longest_ns: spans.reduce((most, { duration }) => Math.max(most, duration), 0),
    }),
    offset_ns: first.start,
    duration_ns: sum(({ duration }) => duration),
    self_ns: sum(({ self }) => self),
    critical_ns: sum(({ critical }) => critical),
    ...optional('cluster', first.cluster),
    ...optional('namespace', first.namespace),
    ...optional('workload', first.workload),
    ...optional('pod_name', first.pod),
    role: first.role,
    operation_name: text(group.name),
    status: first.failed ? 'error' : 'ok',
    ...optional('status_message', first.message),
    ...optional('protocol_type', first.protocol),
    ...optional('return_code', first.returnCode),
    ...optional('server', first.peer),
    ...(gap !== undefined && {
      gap: {
        total_ns: gaps.reduce((all, { total }) => all + total, 0),
        ...(gaps.length === 1 && { before_ns: gap.before ?? null, after_ns: gap.after ?? null }),
      },
    }),
    ...(first.detached !== undefined && { detached: first.detached }),
    ...(first.early > 0 && { starts_before_parent_ns: first.early }),
    ...(first.late > 0 && { ends_after_parent_ns: first.late }),
    ...(hidden > 0 && { spans_left_out_below: hidden }),
    ...(logs.length > 0 && { logs: logs.map((log) => logJson(log, result, limits, untrusted)) }),
  };
}

function logJson(
  log: LogInTrace,
  { window }: TraceResult,
  limits: TraceLimits,
  untrusted: Untrusted,
): object {
  return {
    timestamp: formatTime(window.from + BigInt(log.at)),
    level: untrusted.admit(log.level, longestText),
    workload: untrusted.admit(log.workload, longestText),
    body: untrusted.admit(log.body, limits.body),
  };
}
