import type { AnalyzeMetricsResult, MetricSeries } from '../../query/metric-results.ts';
import { groupLimit } from '../../query/requests.ts';
import {
  answerJson,
  answerText,
  clockText,
  echo,
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
import { labelNamesOf, metricColumns } from './metric-columns.ts';
import { numberTexts } from './number.ts';
import { type PointTable, pointLines } from './points.ts';
import { sampleLines } from './samples.ts';
import {
  keptPoints,
  type Layout,
  leftOutNotes,
  numberJson,
  type SeriesWords,
  type Shrinking,
  seriesDimensions,
  seriesJson,
} from './series.ts';
import { tableLines } from './table.ts';
import { extremesOf, thinnedNotes } from './thin.ts';
import { exact, stepText } from './time.ts';
import { Untrusted, visible } from './untrusted.ts';

const words: SeriesWords = {
  one: 'series',
  many: 'series',
  narrow: 'aggregate (sum by (…)), or lower limit',
};

/** The text that a query gives, with what half of the answer has room for. */
const stringOf = (text: string, maxTokens: number): string => echo(text, maxTokens * 4);

/** The series as compact text: values, or summaries and points. */
export function analyzeMetricsText(result: AnalyzeMetricsResult, presentation: Presentation): string {
  const { maxTokens } = presentation;
  const lengths = new Map<string, number>();
  const extremes = result.series.map(extremesOf);
  const when = result.time === undefined ? windowAndClock(result) : timeText(result.time, result.now);
  return fitToBudget(
    seriesDimensions(result.series, maxTokens),
    maxTokens,
    (limits) => {
      const layout = { limits, untrusted: new Untrusted(lengths), extremes, maxTokens, share: maxTokens };
      return answerText(analyzeMetricsParts(result, layout, when), result, presentation);
    },
    leastTokensOf(result, 'text'),
  );
}

/** Points stand at the times of evaluation. */
const evaluationGrid = { timeName: 'time', partial: { first: false, last: false } };

/** The parts of a compact answer about series of metrics; `when` ends its head. */
export function analyzeMetricsParts(
  result: AnalyzeMetricsResult,
  layout: Layout,
  when: string,
  grid: Pick<PointTable, 'timeName' | 'partial'> = evaluationGrid,
): TextParts {
  const { limits, untrusted, extremes, maxTokens, share } = layout;
  const shown = result.series.slice(0, limits.groups);
  const table = seriesLines(result, shown, limits, untrusted);
  const points = pointsOf(result, shown.slice(0, limits.plotted), extremes, limits, grid);
  return {
    head: [headOf(result, shown, when)],
    data: [
      ...(result.text === undefined ? [] : [visible(stringOf(result.text, share))]),
      ...table.lines,
      ...points.lines,
    ],
    notes: [
      ...(table.rounded || points.rounded ? [roundedNote] : []),
      ...points.notes,
      ...leftOut(result, limits, maxTokens, untrusted),
    ],
    more: moreLines(result, shown.length),
  };
}

/** The series as JSON: values in the metric's own unit, times in seconds since the epoch. */
export function analyzeMetricsJson(result: AnalyzeMetricsResult, presentation: Presentation): string {
  const { maxTokens } = presentation;
  const lengths = new Map<string, number>();
  const extremes = result.series.map(extremesOf);
  return fitToBudget(
    seriesDimensions(result.series, maxTokens),
    maxTokens,
    (limits) => {
      const layout = { limits, untrusted: new Untrusted(lengths), extremes, maxTokens, share: maxTokens };
      const { body, notes } = analyzeMetricsBody(result, layout);
      return answerJson(body, notes, result, presentation);
    },
    leastTokensOf(result, 'json'),
  );
}

/** The JSON of an answer about series of metrics, and what was left out of it. */
export function analyzeMetricsBody(result: AnalyzeMetricsResult, layout: Layout): JsonParts {
  const { limits, untrusted, extremes, maxTokens, share } = layout;
  const shown = result.series.slice(0, limits.groups);
  const plotted = shown.slice(0, limits.plotted);
  const kept = result.kind === 'steps' ? keptPoints(plotted, extremes, limits) : [];
  const keptOf = ({ points = [] }: MetricSeries): readonly number[] =>
    result.kind === 'steps' ? kept : latest(points.length, limits.points);
  const body = {
    window: windowJson(result),
    query_type: result.queryType,
    step_s: result.step,
    filter: '',
    promql: echo(result.promql, share),
    ...(unitOfValues(result) === undefined ? {} : { unit: unitOfValues(result) }),
    groups_total: result.groupsTotal,
    groups_shown: shown.length,
    share_shown: result.groupsTotal === 0 ? 1 : shown.length / result.groupsTotal,
    ...(result.text === undefined ? {} : { string: stringOf(result.text, share) }),
    series: shown.map((one, i) => ({
      ...seriesJson(one, i < plotted.length ? keptOf(one) : [], limits, untrusted),
      ...(one.histogram === undefined ? {} : { histogram: histogramJson(one.histogram) }),
    })),
  };
  const notes = [
    ...(result.kind === 'steps' ? thinnedNotes(kept.length, plotted[0]?.points?.length ?? 0) : []),
    ...leftOut(result, limits, maxTokens, untrusted),
  ];
  return { body, notes };
}

/** What a layout costs at least, where points are on one grid. */
function leastTokensOf(
  result: AnalyzeMetricsResult,
  form: 'text' | 'json',
): ReturnType<typeof leastTokens> | undefined {
  if (result.kind !== 'steps') return undefined;
  return leastTokens({ series: result.series, groupBy: labelNamesOf(result.series) }, form);
}

function histogramJson(histogram: NonNullable<MetricSeries['histogram']>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(histogram).map(([name, value]) => [name, numberJson(value)]));
}

/** The indexes of the last `most` of so many points. */
function latest(length: number, most: number): number[] {
  const count = Math.min(length, most);
  return Array.from({ length: count }, (_, i) => length - count + i);
}

function headOf(result: AnalyzeMetricsResult, shown: readonly MetricSeries[], when: string): string {
  const { groupsTotal, step, kind, order, text } = result;
  if (text !== undefined) return headLine('a string', when);
  const value = bareValue(result);
  if (value !== undefined) return headLine(`value: ${value}`, when);
  const count =
    shown.length === groupsTotal || shown.length === 0
      ? `${groupsTotal}`
      : `${shown.length} of ${groupsTotal}`;
  const what = kind === 'samples' ? 'series of samples' : 'series';
  const every = step === null ? '' : ` every ${stepText(step)}`;
  const sorted =
    order === 'query' ? "in the query's order" : `highest${kind === 'value' ? '' : ' max'} first`;
  return headLine(`${count} ${what}${every}`, shown.length < 2 ? '' : sorted, when);
}

/** When an instant query was evaluated; with the server's clock where it is given. */
export function timeText(time: bigint, now: bigint | undefined): string {
  const isNow = now !== undefined && now - time >= 0n && now - time < 1_000_000n;
  return `at ${exact(time)} UTC${isNow ? " (the server clock's now)" : clockText(now)}`;
}

/** The value of an answer that is one number without labels, exact; it needs no table. */
function bareValue({ kind, series, unit }: AnalyzeMetricsResult): string | undefined {
  const [one] = series;
  if (kind !== 'value' || one === undefined || series.length > 1) return undefined;
  if (Object.keys(one.labels).length > 0 || one.histogram !== undefined) return undefined;
  const exact = String(numberJson(one.value ?? null));
  if (unit === undefined) return exact;
  const [text] = numberTexts([one.value ?? null], unit).texts;
  return `${text ?? 'no value'} (${exact} ${unit})`;
}

/** Native histograms stand as counts, whatever they count. */
function unitOfValues({ unit, series }: AnalyzeMetricsResult): AnalyzeMetricsResult['unit'] {
  return series.some(({ histogram }) => histogram !== undefined) ? undefined : unit;
}

interface Lines {
  readonly lines: readonly string[];
  readonly notes: readonly string[];
  readonly rounded: boolean;
}

const nothing: Lines = { lines: [], notes: [], rounded: false };

/** One row a series: its labels, and its value or its summary. */
function seriesLines(
  result: AnalyzeMetricsResult,
  shown: readonly MetricSeries[],
  limits: Limits<Shrinking>,
  untrusted: Untrusted,
): Lines {
  if (shown.length === 0 || bareValue(result) !== undefined) return nothing;
  let rounded = false;
  const numbers = (name: string, values: readonly (number | null)[], unit = unitOfValues(result)) => {
    const texts = numberTexts(values, unit);
    rounded ||= texts.rounded;
    return { name, cells: texts.texts, inRows: true } as const;
  };
  const summaries = (['min', 'max', 'avg', 'latest', 'total'] as const).map((of) =>
    numbers(
      of,
      shown.map(({ summary }) => summary[of]),
    ),
  );
  const count = {
    name: 'samples',
    cells: shown.map(({ summary }) => String(summary.count)),
    inRows: true,
  } as const;
  const values = {
    value: () => [
      numbers(
        'value',
        shown.map(({ value }) => value ?? null),
      ),
    ],
    steps: () => summaries,
    samples: () => [count, ...summaries],
  }[result.kind]();
  const histograms = shown.some(({ histogram }) => histogram !== undefined)
    ? (['sum', 'avg', 'p50', 'p90', 'p99'] as const).map((of) =>
        numbers(
          `histogram ${of}`,
          shown.map(({ histogram }) => histogram?.[of] ?? null),
          result.unit,
        ),
      )
    : [];
  const number = { name: '#', cells: shown.map((_, i) => String(i + 1)), inRows: true } as const;
  const columns = [
    ...(result.kind === 'value' || shown.length === 1 ? [] : [number]),
    ...metricColumns(shown, limits, untrusted),
    ...values,
    ...histograms,
  ];
  return { lines: tableLines(columns), notes: [], rounded };
}

function pointsOf(
  result: AnalyzeMetricsResult,
  plotted: readonly MetricSeries[],
  extremes: readonly (readonly number[])[],
  limits: Limits<Shrinking>,
  grid: Pick<PointTable, 'timeName' | 'partial'>,
): Lines {
  const numbered = result.series.length > 1;
  switch (result.kind) {
    case 'value':
      return nothing;
    case 'steps': {
      const table = {
        ...grid,
        unit: unitOfValues(result),
        groupBy: numbered ? ['#'] : [],
      };
      return pointLines(table, plotted, keptPoints(plotted, extremes, limits));
    }
    case 'samples':
      return sampleLines(plotted, limits.points, numbered, unitOfValues(result));
  }
}

function leftOut(
  result: AnalyzeMetricsResult,
  limits: Limits<Shrinking>,
  maxTokens: number,
  untrusted: Untrusted,
): string[] {
  const step = result.kind === 'value' ? null : (result.step ?? 0);
  return leftOutNotes({ series: result.series, step }, limits, maxTokens, untrusted.cut, words);
}

function moreLines({ groupsTotal, series }: AnalyzeMetricsResult, shown: number): string[] {
  if (groupsTotal <= series.length || shown < series.length) return [];
  return [
    `${groupsTotal - shown} more series: raise limit (up to ${groupLimit.max}), aggregate (sum by (…)), or take topk(10, …)`,
  ];
}
