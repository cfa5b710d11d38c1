import type { LogInTrace, TraceResult } from '../../query/trace-requests.ts';
import type { TracedSpan } from '../../telemetry/trace/analyze-trace.ts';
import { answerText, cutNotes, filterLines, headLine, type Presentation, windowAndClock } from './answer.ts';
import { fitToBudget } from './budget.ts';
import { percent } from './number.ts';
import { exact, windowText } from './time.ts';
import {
  type ShownGroup,
  type ShownTrace,
  shownTrace,
  type TraceLimits,
  traceDimensions,
  traceLines,
} from './trace-groups.ts';
import { defectNotes, durationText, leftOutNotes } from './trace-notes.ts';
import { Untrusted } from './untrusted.ts';

const longestMessage = 200;

/** A trace as a tree, one line a span or a fold of spans, with its logs in place. */
export function traceText(result: TraceResult, presentation: Presentation): string {
  const { maxTokens } = presentation;
  const lines = traceLines(result);
  const defects = defectNotes(result);
  const head = headOf(result, maxTokens);
  const facts = factsOf(result);
  const lengths = new Map<string, number>();
  return fitToBudget(traceDimensions(result, lines, maxTokens), maxTokens, (limits) => {
    const untrusted = new Untrusted(lengths);
    const shown = shownTrace(result, lines, limits);
    const data = new TraceText(result, facts, untrusted, limits).lines(shown);
    return answerText(
      {
        head,
        data,
        notes: [
          ...defects,
          ...leftOutNotes(result, lines, shown, maxTokens),
          ...cutNotes(untrusted.cut, maxTokens, 'use search-logs or search-traces with trace_id'),
          ...(shown.groups.length > 0
            ? ['times are in ms, rounded to 4 digits; format "json" has them in ns']
            : []),
        ],
        more: [],
      },
      result,
      presentation,
    );
  });
}

function headOf(result: TraceResult, maxTokens: number): string[] {
  const { picked, traceId, spans, duration, covered, logsTotal } = result;
  const how =
    picked === undefined
      ? []
      : [
          `picked: ${pickText[picked.pick]} of ${candidatesText(picked)} (${durationText(picked.duration)}, median ${durationText(picked.median)}); ${windowText(picked.searched)}`,
          ...filterLines(picked, maxTokens),
        ];
  if (spans.length === 0) {
    return [
      traceId === '' ? `no trace matches; ${windowAndClock(result)}` : 'no span of the trace is stored',
      ...how,
    ];
  }
  const failed = spans.filter((span) => span.failed).length;
  const workloads = new Set(spans.map(nodeOf)).size;
  const self = spans.reduce((sum, span) => sum + span.self, 0);
  const parallel =
    self > covered ? `, self times add up to ${durationText(self)} (the rest ran in parallel)` : '';
  return [
    headLine(
      `trace ${/^[0-9a-f]+$/.test(traceId) ? traceId : ''}: ${spans.length} spans of ${workloads} ${workloads === 1 ? 'workload' : 'workloads'}, ${failed} failed, ${logsTotal} logs`,
      `from ${exact(result.window.from)} UTC, ${durationText(duration)}`,
      `spans cover ${durationText(covered)}${parallel}`,
    ),
    ...how,
  ];
}

function candidatesText({ candidates, rootsOnly }: NonNullable<TraceResult['picked']>): string {
  const noun = rootsOnly ? 'root span' : 'span';
  return candidates === 1 ? `1 ${noun} that matches` : `${candidates} ${noun}s that match`;
}

const pickText = { slowest: 'the slowest', first_failed: 'the first failed', typical: 'nearest the median' };

const nodeOf = ({ cluster, namespace, workload }: TracedSpan): string =>
  JSON.stringify([cluster, namespace, workload]);

/** What every layout needs to know of all spans. */
interface TraceFacts {
  readonly severalClusters: boolean;
  readonly severalNamespaces: boolean;
  /** A span of each of the workloads that are longest on the critical path, and the time (ns) of each. */
  readonly critical: readonly (readonly [TracedSpan, number])[];
}

const mostCritical = 5;

function factsOf({ spans }: TraceResult): TraceFacts {
  const critical = new Map<string, [TracedSpan, number]>();
  for (const span of spans) {
    if (span.critical === 0) continue;
    const node = nodeOf(span);
    const known = critical.get(node);
    if (known === undefined) critical.set(node, [span, span.critical]);
    else known[1] += span.critical;
  }
  return {
    severalClusters: new Set(spans.map(({ cluster }) => cluster)).size > 1,
    severalNamespaces: new Set(spans.map(({ namespace }) => namespace)).size > 1,
    critical: [...critical.values()].sort(([, a], [, b]) => b - a).slice(0, mostCritical),
  };
}

/** The lines of one layout. */
class TraceText {
  readonly #result: TraceResult;
  readonly #facts: TraceFacts;
  readonly #untrusted: Untrusted;
  readonly #limits: TraceLimits;

  constructor(result: TraceResult, facts: TraceFacts, untrusted: Untrusted, limits: TraceLimits) {
    this.#result = result;
    this.#untrusted = untrusted;
    this.#limits = limits;
    this.#facts = facts;
  }

  lines(shown: ShownTrace): string[] {
    const [first] = this.#result.spans;
    const shared = [
      ...(this.#facts.severalClusters || !first?.cluster ? [] : [`cluster=${this.#name(first.cluster)}`]),
      ...(this.#facts.severalNamespaces || !first?.namespace
        ? []
        : [`namespace=${this.#name(first.namespace)}`]),
    ];
    return [
      ...(shared.length > 0 ? [`all spans:\t${shared.join('\t')}`] : []),
      ...this.#criticalLine(),
      ...(shown.groups.length > 0
        ? ['at_ms\tms\tself_ms\tcritical_ms (=: as self_ms)\tspan (workload, role, operation)']
        : []),
      ...shown.groups.flatMap((group) => this.#groupLines(group)),
      ...(shown.otherLogs.length > 0 ? ['logs that name no span of the trace:'] : []),
      ...shown.otherLogs.map((log) => this.#logLine(log, 0, true)),
    ];
  }

  /** Who is longest on the critical path. */
  #criticalLine(): string[] {
    const { spans, root: index = -1, duration } = this.#result;
    const root = spans[index];
    const whole = root?.duration ?? 0;
    if (this.#facts.critical.length === 0) return [];
    const parts = this.#facts.critical.map(
      ([span, time]) =>
        `${this.#workload(span)} ${durationText(time)} (${percent(whole === 0 ? 0 : time / whole)})`,
    );
    const of =
      root === undefined || whole === duration
        ? ''
        : ` of ${this.#name(root.name) || '(no name)'} (${durationText(whole)})`;
    return [`critical path${of}, by workload:\t${parts.join('\t')}`];
  }

  #groupLines({ group, spans, hidden, logs }: ShownGroup): string[] {
    const [first] = spans;
    if (first === undefined) return [];
    const total = spans.reduce((sum, { duration }) => sum + duration, 0);
    const above = this.#result.spans[first.parent];
    const isElsewhere = above === undefined || nodeOf(above) !== nodeOf(first);
    const names = [
      ...(isElsewhere ? [this.#workload(first)] : []),
      ...(first.role === 'internal' ? [] : [first.role]),
      this.#name(group.name) || '(no name)',
    ];
    const details = [
      ...(spans.some(({ spanId }) => spanId === this.#result.picked?.spanId)
        ? [spans.length === 1 ? 'PICKED' : 'PICKED is among these']
        : []),
      ...this.#foldDetails(spans, total),
      ...this.#failureDetails(spans, first),
      ...this.#gapDetails(spans, first),
      ...(first.detached === undefined
        ? []
        : [first.detached === 'circle' ? 'circle of parents, cut here' : 'parent not recorded']),
      ...this.#skewDetails(spans),
      ...(hidden > 0
        ? [
            `${hidden === 1 ? '1 span' : `${hidden} spans`} below left out: span_id ${this.#name(first.spanId)}`,
          ]
        : []),
    ];
    const self = millis(spans.reduce((sum, span) => sum + span.self, 0));
    const critical = millis(spans.reduce((sum, span) => sum + span.critical, 0));
    const onPath = spans.some((span) => span.critical > 0);
    const numbers = [
      millis(first.start),
      millis(total),
      self,
      onPath ? (critical === self ? '=' : critical) : '-',
    ];
    const text = [`${indent(group.depth)}${names.join(' ')}`, ...details].join('; ');
    return [
      [...numbers, text].join('\t'),
      ...repeatedOnce(logs).map(([log, times]) => this.#logLine(log, group.depth + 1, false, times)),
    ];
  }

  #foldDetails(spans: readonly TracedSpan[], total: number): string[] {
    if (spans.length === 1) return [];
    const durations = spans.map(({ duration }) => duration).sort((a, b) => a - b);
    const least = durationText(durations[0] ?? 0);
    const most = durationText(durations.at(-1) ?? 0);
    return [
      `×${spans.length}, total ${durationText(total)}, each ${least === most ? '' : `${least} to `}${most}`,
    ];
  }

  #failureDetails(spans: readonly TracedSpan[], first: TracedSpan): string[] {
    const code = first.returnCode === '' ? '' : ` ${this.#name(first.returnCode)}`;
    if (!first.failed) return /^[45]\d\d$/.test(first.returnCode) ? [`code${code}`] : [];
    const message = spans.find(({ message }) => message !== '')?.message ?? '';
    const shown = message === '' ? '' : `: ${this.#untrusted.show(message, longestMessage)}`;
    return [`ERROR${code}${shown} (span_id ${this.#name(first.spanId)})`];
  }

  #gapDetails(spans: readonly TracedSpan[], first: TracedSpan): string[] {
    const gaps = spans.flatMap(({ gap }) => gap ?? []);
    const [gap] = gaps;
    if (gap === undefined) return first.peer === '' ? [] : [`to ${this.#name(first.peer)}`];
    if (gaps.length > 1) {
      const totals = gaps.map(({ total }) => total);
      const most = totals.reduce((a, b) => Math.max(a, b));
      const all = totals.reduce((a, b) => a + b, 0);
      return [`gap in all ${durationText(all)}, at most ${durationText(most)}`];
    }
    if (first.role === 'producer') return [`queued ${durationText(gap.total)}`];
    const split =
      gap.before === undefined || gap.after === undefined
        ? 'split unknown'
        : `${durationText(gap.before)} before, ${durationText(gap.after)} after`;
    return [`gap ${durationText(gap.total)} (${split})`];
  }

  /** What is small beside the trace is in the notes alone. */
  #skewDetails(spans: readonly TracedSpan[]): string[] {
    const least = Math.max(1e6, this.#result.duration / 100);
    const early = spans.reduce((most, span) => Math.max(most, span.early), 0);
    const late = spans.reduce((most, span) => Math.max(most, span.late), 0);
    return [
      ...(early >= least ? [`starts ${durationText(early)} before its parent`] : []),
      ...(late >= least ? [`ends ${durationText(late)} after its parent`] : []),
    ];
  }

  #logLine(log: LogInTrace, depth: number, withWorkload: boolean, times = 1): string {
    const body = this.#untrusted.show(log.body, this.#limits.body);
    const from = withWorkload ? ` ${this.#name(log.workload)}` : '';
    const repeated = times > 1 ? ` ×${times}` : '';
    return `${millis(log.at)}\t\t\t\t${indent(depth)}[log${log.level && ` ${this.#name(log.level)}`}${from}${repeated}] ${body}`;
  }

  #workload({ cluster, namespace, workload }: TracedSpan): string {
    const parts = [
      ...(this.#facts.severalClusters ? [cluster || '-'] : []),
      ...(this.#facts.severalNamespaces ? [namespace || '-'] : []),
      workload || '(no workload)',
    ];
    return this.#name(parts.join('/'));
  }

  #name(text: string): string {
    return this.#untrusted.show(text, this.#limits.name);
  }
}

/** Logs that say the same count once, at the first of them. */
function repeatedOnce(logs: readonly LogInTrace[]): (readonly [LogInTrace, number])[] {
  const times = new Map<string, [LogInTrace, number]>();
  for (const log of logs) {
    const key = JSON.stringify([log.level, log.body]);
    const known = times.get(key);
    if (known === undefined) times.set(key, [log, 1]);
    else known[1]++;
  }
  return [...times.values()];
}

const deepestIndent = 30;

const indent = (depth: number): string =>
  depth > deepestIndent ? `${'  '.repeat(deepestIndent)}[depth ${depth}] ` : '  '.repeat(depth);

/** ns in ms with 4 digits, whole ones all. */
function millis(ns: number): string {
  const value = ns / 1e6;
  const whole = Math.trunc(Math.abs(value)).toString().length;
  return String(Number(value.toPrecision(Math.max(4, Math.min(whole, 17)))));
}
