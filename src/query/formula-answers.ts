import { compareText } from '../promql/labels.ts';
import { labelsIn } from '../telemetry/formula/ast.ts';
import { evaluateFormula, type FormulaInput } from '../telemetry/formula/evaluate.ts';
import { seriesByKey, valueFor } from '../telemetry/formula/meeting.ts';
import type { FormulaSeries, SeriesOperand } from '../telemetry/formula/operand.ts';
import { labelValue } from '../telemetry/series.ts';
import { diagnoseFormula } from './formula-diagnosis.ts';
import { type Grid, shownAt } from './grid.ts';
import type { Point, Result, Series } from './results.ts';
import { summarize } from './summary.ts';
import type { FormulaAnswer, FormulaColumn } from './telemetry-results.ts';

/**
 * Computes a formula, and the answer with the first so many of its series: by value, descending (range: by
 * total where values add up, else by maximum), ties by labels.
 *
 * @throws InputError for operands that can't meet
 */
export function answerFormula(
  input: FormulaInput,
  { grid, limit, ...asked }: Result & { readonly grid: Grid | undefined; readonly limit: number },
): { readonly operand: SeriesOperand; readonly answer: FormulaAnswer } {
  const { operand, notes, ...counts } = evaluateFormula(input);
  const diagnosis = diagnoseFormula(input, { operand, joins: counts.joins });
  const names = [...operand.names];
  const order = grid === undefined ? 'value' : operand.additive ? 'total' : 'max';
  const ranked = operand.series.map((series) => ({ series, rank: rankOf(series, order) }));
  ranked.sort((a, b) => b.rank - a.rank || compareLabels(names, a.series, b.series));
  const first = ranked.slice(0, limit).map(({ series }) => series);
  const answer: FormulaAnswer = {
    ...asked,
    ...counts,
    queryType: grid === undefined ? 'instant' : 'range',
    step: grid === undefined ? null : grid.step / 1000,
    expression: input.text,
    unit: operand.unit,
    names,
    order,
    groupsTotal: ranked.length,
    series: first.map((series) => shown(series, operand, grid)),
    columns: grid === undefined ? columnsOf(input, first) : [],
    notes: [...asked.notes, ...notes, ...diagnosis],
  };
  return { operand, answer };
}

function columnsOf({ formula, operands }: FormulaInput, series: readonly FormulaSeries[]): FormulaColumn[] {
  const labels = new Set(labelsIn(formula).map(({ label }) => label));
  return [...labels].flatMap((label) => {
    const operand = operands.get(label);
    if (operand === undefined || operand.names.size === 0) return [];
    const byKey = seriesByKey(operand);
    const values = series.map((one) => {
      const value = valueFor(operand, byKey, one.labels);
      return Number.isNaN(value) ? null : value;
    });
    return [{ label, unit: operand.unit, values }];
  });
}

function rankOf({ values = new Float64Array() }: FormulaSeries, order: FormulaAnswer['order']): number {
  let rank = Number.NEGATIVE_INFINITY;
  let total = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    total += value;
    rank = Math.max(rank, value);
  }
  return order === 'total' && rank > Number.NEGATIVE_INFINITY ? total : rank;
}

function compareLabels(names: readonly string[], a: FormulaSeries, b: FormulaSeries): number {
  for (const name of names) {
    const order = compareText(labelValue(a.labels, name), labelValue(b.labels, name));
    if (order !== 0) return order;
  }
  return 0;
}

function shown(
  { labels, values = new Float64Array() }: FormulaSeries,
  { additive }: SeriesOperand,
  grid: Grid | undefined,
): Series {
  const known = Array.from(values, (value) => (Number.isNaN(value) ? null : value));
  const summary = summarize(known, additive);
  if (grid === undefined) return { labels, value: known[0] ?? null, summary };
  const points = grid.buckets.map((bucket, i): Point => [shownAt(bucket) / 1000, known[i] ?? null]);
  return { labels, points, summary };
}
