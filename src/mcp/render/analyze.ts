import { groupLimit } from '../../query/requests.ts';
import type { AnalyzeResult, Series } from '../../query/results.ts';
import { isAdditive } from '../../telemetry/aggregation.ts';
import { builtinField, recordNouns, type Signal } from '../../telemetry/fields.ts';
import {
  answerJson,
  answerText,
  echo,
  filterLines,
  headLine,
  type JsonParts,
  type Presentation,
  roundedNote,
  type TextParts,
  windowAndClock,
  windowJson,
} from './answer.ts';
import { fitToBudget, type Limits } from './budget.ts';
import { leastTokens } from './least-tokens.ts';
import { numberTexts, percent } from './number.ts';
import { partialNotes, pointLines } from './points.ts';
import {
  keptPoints,
  type Layout,
  leftOutNotes,
  type SeriesWords,
  type Shrinking,
  seriesDimensions,
  seriesJson,
} from './series.ts';
import { type TableColumn, tableLines } from './table.ts';
import { extremesOf, thinnedNotes } from './thin.ts';
import { stepText } from './time.ts';
import { Untrusted } from './untrusted.ts';

const words: SeriesWords = { one: 'group', many: 'groups', narrow: 'group by fewer fields, or lower limit' };

/** The groups as compact text: values, or summaries and points. */
export function analyzeText(result: AnalyzeResult, presentation: Presentation): string {
  const { maxTokens } = presentation;
  const lengths = new Map<string, number>();
  const extremes = result.series.map(extremesOf);
  return fitToBudget(
    seriesDimensions(result.series, maxTokens),
    maxTokens,
    (limits) => {
      const layout = { limits, untrusted: new Untrusted(lengths), extremes, maxTokens, share: maxTokens };
      return answerText(analyzeParts(result, layout, windowAndClock(result)), result, presentation);
    },
    leastTokens(result, 'text'),
  );
}

/** The parts of a compact answer about groups of records; `when` ends its head. */
export function analyzeParts(result: AnalyzeResult, layout: Layout, when: string): TextParts {
  const { limits, untrusted, extremes, maxTokens, share } = layout;
  const shown = result.series.slice(0, limits.groups);
  const table = groups({ ...result, series: shown }, limits, untrusted);
  const plotted = shown.slice(0, limits.plotted);
  const kept = keptPoints(plotted, extremes, limits);
  const points = pointLines({ ...result, timeName: 'bucket start' }, plotted, kept);
  const grouped = result.groupBy.length > 0;
  const lines = [...table.lines, ...points.lines];
  const single = numberTexts(grouped ? [] : [result.series[0]?.value ?? null], result.unit);
  const rounded = table.rounded || points.rounded || single.rounded;
  return {
    head: [
      headOf(result, shown, single.texts[0] ?? 'no value', limits, when),
      ...filterLines(result, share),
      ...(grouped ? [] : lines),
    ],
    data: grouped ? lines : [],
    notes: [
      ...(rounded ? [roundedNote] : []),
      ...points.notes,
      ...leftOutNotes(result, limits, maxTokens, untrusted.cut, words),
    ],
    more: moreLines(result, shown.length),
  };
}

/** The groups as JSON: durations in the field's own unit, times in seconds since the epoch. */
export function analyzeJson(result: AnalyzeResult, presentation: Presentation): string {
  const { maxTokens } = presentation;
  const lengths = new Map<string, number>();
  const extremes = result.series.map(extremesOf);
  return fitToBudget(
    seriesDimensions(result.series, maxTokens),
    maxTokens,
    (limits) => {
      const layout = { limits, untrusted: new Untrusted(lengths), extremes, maxTokens, share: maxTokens };
      const { body, notes } = analyzeBody(result, layout);
      return answerJson(body, notes, result, presentation);
    },
    leastTokens(result, 'json'),
  );
}

/** The JSON of an answer about groups of records, and what was left out of it. */
export function analyzeBody(result: AnalyzeResult, layout: Layout): JsonParts {
  const { limits, untrusted, extremes, maxTokens, share } = layout;
  const shown = result.series.slice(0, limits.groups);
  const plotted = shown.slice(0, limits.plotted);
  const kept = keptPoints(plotted, extremes, limits);
  const body = {
    window: windowJson(result),
    query_type: result.queryType,
    step_s: result.step,
    filter: echo(result.filter, share),
    groups_total: result.groupsTotal,
    groups_shown: shown.length,
    share_shown: shareOf(result, shown),
    series: shown.map((one, i) => seriesJson(one, i < plotted.length ? kept : [], limits, untrusted)),
  };
  const notes = [
    ...partialNotes(result),
    ...thinnedNotes(kept.length, plotted[0]?.points?.length ?? 0),
    ...leftOutNotes(result, limits, maxTokens, untrusted.cut, words),
  ];
  return { body, notes };
}

/** Share of the matching rows in the shown groups; null where it can't be known. */
function shareOf(result: AnalyzeResult, shown: readonly Series[]): number | null {
  if (shown.length === result.series.length) return result.shareShown;
  if (result.rowsMatched === 0) return 1;
  let rows = 0;
  for (const { rows: ofGroup, value, summary } of shown) {
    const counted = result.aggregation.function === 'row_count' ? (value ?? summary.total) : undefined;
    const known = ofGroup ?? counted ?? undefined;
    if (known === undefined) return null;
    rows += known;
  }
  return rows / result.rowsMatched;
}

function nameOf({ aggregation }: AnalyzeResult, { name }: Limits<Shrinking>): string {
  return aggregation.field === undefined
    ? aggregation.function
    : `${aggregation.function}(${new Untrusted().show(aggregation.field, name)})`;
}

function headOf(
  result: AnalyzeResult,
  shown: readonly Series[],
  value: string,
  limits: Limits<Shrinking>,
  window: string,
): string {
  const { signal, step, groupBy, rowsMatched, unit, groupsTotal } = result;
  const unitText = unit === 'characters' ? ` in ${unit}` : '';
  const every = step === null ? '' : ` every ${stepText(step)}`;
  const rows = `${rowsMatched} ${recordNouns[signal]}`;
  if (groupBy.length === 0) {
    const one = step === null ? `: ${value}` : '';
    return headLine(`${nameOf(result, limits)}${unitText}${every}${one}`, rows, window);
  }
  const share = shareOf(result, shown);
  const groups =
    shown.length === groupsTotal || shown.length === 0
      ? `${groupsTotal} ${groupsTotal === 1 ? 'group' : 'groups'} of ${rows}`
      : `${shown.length} of ${groupsTotal} groups${share === null ? '' : ` with ${percent(share)}`} of ${rows}`;
  const order =
    groupsTotal < 2 || shown.length === 0
      ? ''
      : step === null
        ? 'highest first'
        : `highest ${isAdditive(result.aggregation.function) ? 'total' : 'max'} first`;
  const keys = groupBy.map((key) => new Untrusted().show(key, limits.name)).join(', ');
  return headLine(`${nameOf(result, limits)}${unitText} by ${keys}${every}`, groups, order, window);
}

function moreLines({ groupsTotal, series }: AnalyzeResult, shown: number): string[] {
  if (groupsTotal <= series.length || shown < series.length) return [];
  return [`${groupsTotal - shown} more groups: raise limit (up to ${groupLimit.max}), or narrow the filter`];
}

/** Values of a label are bare numbers: the head of the column has their unit. */
function unitOf(signal: Signal, key: string): string {
  const unit = builtinField(signal, key)?.unit;
  return unit === undefined ? '' : ` (${unit})`;
}

interface Groups {
  readonly lines: readonly string[];
  readonly rounded: boolean;
}

/** One row a group: its labels, and its value or its summary. Without groupBy the head has the value. */
function groups(result: AnalyzeResult, limits: Limits<Shrinking>, untrusted: Untrusted): Groups {
  const { series, unit, groupBy } = result;
  const instant = result.step === null;
  if (instant && groupBy.length === 0) return { lines: [], rounded: false };
  let rounded = false;
  const numbers = (name: string, values: readonly (number | null)[]): TableColumn => {
    const texts = numberTexts(values, unit);
    rounded ||= texts.rounded;
    return { name, cells: texts.texts, inRows: true };
  };
  const labels = groupBy.map((key) => ({
    name: `${untrusted.show(key, limits.name)}${unitOf(result.signal, key)}`,
    cells: series.map((group) => untrusted.show(group.labels[key] || '(none)', limits.label)),
  }));
  const summary = (of: 'min' | 'max' | 'avg' | 'latest' | 'total') =>
    numbers(
      of,
      series.map((group) => group.summary[of]),
    );
  const totals = series.some((group) => group.summary.total !== null) ? [summary('total')] : [];
  const number = { name: '#', cells: series.map((_, i) => String(i + 1)), inRows: true } as const;
  const columns: TableColumn[] = instant
    ? [
        ...labels,
        numbers(
          nameOf(result, limits),
          series.map((group) => group.value ?? null),
        ),
      ]
    : [
        ...(groupBy.length > 0 ? [number] : []),
        ...labels,
        ...(['min', 'max', 'avg', 'latest'] as const).map(summary),
        ...totals,
      ];
  return { lines: tableLines(columns), rounded };
}
