import type { Series } from '../../query/results.ts';
import type { FormulaAnswer } from '../../query/telemetry-results.ts';
import { echo, headLine, type JsonParts, roundedNote, type TextParts, windowJson } from './answer.ts';
import { metricColumns } from './metric-columns.ts';
import { numberTexts } from './number.ts';
import { type PointTable, pointLines } from './points.ts';
import { keptPoints, type Layout, leftOutNotes, type SeriesWords, seriesJson } from './series.ts';
import { type TableColumn, tableLines } from './table.ts';
import { thinnedNotes } from './thin.ts';
import { Untrusted } from './untrusted.ts';

const words: SeriesWords = { one: 'series', many: 'series', narrow: 'lower limit' };

/** The parts of a compact answer to a formula. */
export function formulaParts(
  label: string,
  result: FormulaAnswer,
  partial: PointTable['partial'],
  layout: Layout,
): TextParts {
  const { limits, untrusted, extremes, maxTokens, share } = layout;
  const { groupsTotal, order, unit } = result;
  const shown = result.series.slice(0, limits.groups);
  const plotted = shown.slice(0, limits.plotted);
  const bare = bareValue(result);
  const table =
    bare === undefined ? seriesTable(label, shown, result, layout) : { lines: [], rounded: bare.rounded };
  const points = pointLines(
    { timeName: 'bucket start', unit, partial, groupBy: result.series.length > 1 ? ['#'] : [] },
    plotted,
    keptPoints(plotted, extremes, limits),
  );
  const count =
    shown.length === groupsTotal || shown.length === 0
      ? `${groupsTotal}`
      : `${shown.length} of ${groupsTotal}`;
  const inUnit = unit === 'characters' ? ` in ${unit}` : '';
  return {
    head: [
      headLine(
        `${new Untrusted().show(echo(result.expression, share), share)}${bare === undefined ? '' : ` = ${bare.text}`}${inUnit}`,
        bare === undefined ? `${count} series` : '',
        shown.length < 2 ? '' : `highest ${order === 'value' ? '' : `${order} `}first`,
      ),
    ],
    data: [...table.lines, ...points.lines],
    notes: [
      ...countNotes(result),
      ...(table.rounded || points.rounded ? [roundedNote] : []),
      ...points.notes,
      ...leftOutNotes(result, limits, maxTokens, untrusted.cut, words),
    ],
    more:
      groupsTotal > result.series.length && shown.length === result.series.length
        ? [`${groupsTotal - shown.length} more series: raise limit, or filter`]
        : [],
  };
}

/** The JSON of an answer to a formula, and what was left out of it. */
export function formulaBody(result: FormulaAnswer, layout: Layout): JsonParts {
  const { limits, untrusted, extremes, maxTokens, share } = layout;
  const shown = result.series.slice(0, limits.groups);
  const plotted = shown.slice(0, limits.plotted);
  const kept = keptPoints(plotted, extremes, limits);
  const body = {
    window: windowJson(result),
    query_type: result.queryType,
    step_s: result.step,
    filter: '',
    expression: echo(result.expression, share),
    ...(result.unit === undefined ? {} : { unit: result.unit }),
    groups_total: result.groupsTotal,
    groups_shown: shown.length,
    share_shown: result.groupsTotal === 0 ? 1 : shown.length / result.groupsTotal,
    series: shown.map((one, i) => seriesJson(one, i < plotted.length ? kept : [], limits, untrusted)),
    join: joinJson(result),
  };
  const notes = [
    ...thinnedNotes(kept.length, plotted[0]?.points?.length ?? 0),
    ...leftOutNotes(result, limits, maxTokens, untrusted.cut, words),
  ];
  return { body, notes };
}

/** How the outermost two sides met; `inner` are the operations between series within them. */
function joinJson({
  joins,
  groupsTotal,
  dividedByZero,
  undefinedValues,
}: FormulaAnswer): Record<string, unknown> {
  const counted = joins.map(({ left, right, joined, leftAlone, rightAlone }) => ({
    left,
    right,
    joined,
    left_alone: leftAlone,
    right_alone: rightAlone,
  }));
  const inner = counted.slice(0, -1);
  return {
    ...(counted.at(-1) ?? { joined: groupsTotal, left_alone: 0, right_alone: 0 }),
    divided_by_zero: dividedByZero,
    undefined: undefinedValues,
    ...(inner.length > 0 ? { inner } : {}),
  };
}

/** Operations between series of which an answer tells. */
const mostJoins = 5;

function countNotes({ joins, dividedByZero, undefinedValues }: FormulaAnswer): string[] {
  const show = (text: string) => new Untrusted().show(text, 80);
  const met = joins.slice(-mostJoins).map((join) => {
    const { left, right, joined, leftAlone, rightAlone, leftAbsent, rightAbsent } = join;
    const there = (side: string, absent: number | null) =>
      absent === null ? '(no value)' : `(${show(side)} is ${absent} there)`;
    const alone = [
      ...(leftAlone > 0 ? [`${leftAlone} of ${show(left)} alone ${there(right, rightAbsent)}`] : []),
      ...(rightAlone > 0 ? [`${rightAlone} of ${show(right)} alone ${there(left, leftAbsent)}`] : []),
    ];
    return `${show(left)} met ${show(right)}: ${joined} series joined, ${alone.length === 0 ? 'none alone' : alone.join(', ')}`;
  });
  return [
    ...met,
    ...(dividedByZero > 0 ? [`${values(dividedByZero)} divided by zero: no value`] : []),
    ...(undefinedValues > 0
      ? [
          `${values(undefinedValues)} no finite number (root or logarithm of what has none, or too large): no value`,
        ]
      : []),
  ];
}

const values = (count: number): string => (count === 1 ? '1 value is' : `${count} values are`);

/** The value of an instant formula whose one series has no labels; it needs no table. */
function bareValue({
  step,
  series,
  groupsTotal,
  unit,
}: FormulaAnswer): { text: string; rounded: boolean } | undefined {
  const [first] = series;
  if (step !== null || groupsTotal !== 1 || first === undefined || Object.keys(first.labels).length > 0)
    return undefined;
  const { texts, rounded } = numberTexts([first.value ?? null], unit);
  return { text: texts[0] ?? 'no value', rounded };
}

/** One row a series: its labels, and its value or its summary. */
function seriesTable(
  label: string,
  shown: readonly Series[],
  { step, unit, series, columns }: FormulaAnswer,
  { limits, untrusted }: Layout,
): { readonly lines: readonly string[]; readonly rounded: boolean } {
  if (shown.length === 0) return { lines: [], rounded: false };
  let rounded = false;
  const numbers = (name: string, values: readonly (number | null)[], of = unit): TableColumn => {
    const texts = numberTexts(values, of);
    rounded ||= texts.rounded;
    return { name, cells: texts.texts, inRows: true };
  };
  const hasTotals = shown.some(({ summary }) => summary.total !== null);
  const summaries = (['min', 'max', 'avg', 'latest', 'total'] as const).filter(
    (of) => of !== 'total' || hasTotals,
  );
  const number: TableColumn = { name: '#', cells: shown.map((_, i) => String(i + 1)), inRows: true };
  const lines = tableLines([
    ...(step === null || series.length === 1 ? [] : [number]),
    ...metricColumns(shown, limits, untrusted),
    ...(step === null
      ? [
          numbers(
            label,
            shown.map(({ value }) => value ?? null),
          ),
          ...columns.map((column) =>
            numbers(
              untrusted.show(column.label, limits.name),
              column.values.slice(0, shown.length),
              column.unit,
            ),
          ),
        ]
      : summaries.map((of) =>
          numbers(
            of,
            shown.map(({ summary }) => summary[of]),
          ),
        )),
  ]);
  return { lines, rounded };
}
