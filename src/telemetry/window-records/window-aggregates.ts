import type { Aggregates, MetricAggregate, PodAggregate } from '../comparison/aggregates.ts';
import { Failing } from './failing.ts';
import { addFailingLogs, logAggregates } from './log-aggregates.ts';
import { LogTable } from './log-table.ts';
import { metricAggregates } from './metric-aggregates.ts';
import type { PodMetrics } from './metric-block.ts';
import { ownTimes } from './own-times.ts';
import { numbersOfNames, type Place, Places } from './places.ts';
import { byStretch, increase, type Range, stretchAt, stretchesOf } from './range.ts';
import type { LogBlock, SpanBlock } from './record-blocks.ts';
import { callsBelow, spanAggregates, take } from './span-aggregates.ts';
import { placesOf, SpanTable } from './span-table.ts';
import { Texts } from './texts.ts';

/** Records of both windows, and spans around them: parents, and what is below. */
export interface WindowRecords {
  readonly spans: readonly SpanBlock[];
  readonly logs: readonly LogBlock[];
  readonly metrics: PodMetrics;
  /** Only metrics of workloads that the spans or logs tell of. */
  readonly ofSeenWorkloads: boolean;
}

export interface RecordAggregates {
  readonly baseline: Aggregates;
  readonly window: Aggregates;
  /** Logs in no pattern, as their bodies are of kinds too rare to be looked at. */
  readonly logsLeftOut: number;
  /** The places that a name of a workload stands for. */
  placesOf(name: string): readonly Place[];
}

/** What the records tell of two windows, which may overlap; patterns are found over both together. */
export function aggregateRecords(
  records: WindowRecords,
  ranges: { readonly baseline: Range; readonly window: Range },
): RecordAggregates {
  const places = new Places();
  placesOf([...records.spans, ...records.logs], places);
  for (const series of records.metrics.series) places.numberOf(series);
  const names = places.names();
  const known = { places, samePlace: numbersOfNames(names), pods: new Texts() };
  const spans = new SpanTable(records.spans, known);
  const logs = new LogTable(records.logs, known, spans);
  const failing = new Failing();
  for (let row = 0; row < spans.rows; row++) {
    if (spans.failed[row] === 1) failing.add(spans.trace, row, names[spans.place[row] ?? 0] ?? '');
  }
  addFailingLogs(failing, logs, names);
  const knownSpans = { spans, own: ownTimes(spans), hasCallBelow: callsBelow(spans), failing, names };
  const seen = new Set<string>();
  for (const { place } of [spans, logs]) for (const number of place) seen.add(names[number] ?? '');
  const isMeant = ({ workload }: MetricAggregate): boolean => !records.ofSeenWorkloads || seen.has(workload);
  const metrics = metricAggregates(records.metrics, places, names);
  const aggregates = (range: Range, measured: readonly MetricAggregate[]): Aggregates => ({
    stretches: stretchesOf(range),
    ...spanAggregates(knownSpans, range),
    ...logAggregates({ logs, spans, failing, names }, range),
    metrics: measured.filter(isMeant),
    pods: podAggregates(spans, logs, known.pods.all, names, range),
  });
  return {
    baseline: aggregates(ranges.baseline, metrics.baseline),
    window: aggregates(ranges.window, metrics.window),
    placesOf: (name) => places.all.filter((_, place) => names[place] === name),
    logsLeftOut: logs.pattern.reduce((sum, pattern) => (pattern < 0 ? sum + 1 : sum), 0),
  };
}

/** The pods that recorded anything. */
function podAggregates(
  spans: SpanTable,
  logs: LogTable,
  pods: readonly string[],
  names: readonly string[],
  range: Range,
): PodAggregate[] {
  const counts = new Map<number, PodAggregate & { readonly records: number[] }>();
  const add = (time: number, place: number, pod: number): void => {
    const stretch = stretchAt(range, time);
    if (stretch < 0 || pods[pod] === '') return;
    const each = take(counts, place * pods.length + pod, () => ({
      workload: names[place] ?? '',
      pod: pods[pod] ?? '',
      records: byStretch(range, () => 0),
    }));
    increase(each.records, stretch);
  };
  for (let row = 0; row < spans.rows; row++) {
    add(spans.start[row] ?? 0, spans.place[row] ?? 0, spans.pod[row] ?? 0);
  }
  for (let row = 0; row < logs.rows; row++) {
    add(logs.time[row] ?? 0, logs.place[row] ?? 0, logs.pod[row] ?? 0);
  }
  return [...counts.values()];
}
