import { labelsIn } from '../telemetry/formula/ast.ts';
import type { FormulaInput, FormulaResult } from '../telemetry/formula/evaluate.ts';
import type { SeriesOperand } from '../telemetry/formula/operand.ts';
import { labelValue } from '../telemetry/series.ts';
import type { Note } from './results.ts';

const mostExamples = 2;
const longestValue = 80;

/**
 * Why a formula has nothing, or only series that met none: which query it is computed of is empty, or, where
 * all have series, what labels these have.
 */
export function diagnoseFormula(
  { formula, operands }: Pick<FormulaInput, 'formula' | 'operands'>,
  { operand, joins }: Pick<FormulaResult, 'operand' | 'joins'>,
): Note[] {
  const named = [...new Set(labelsIn(formula).map(({ label }) => label))].flatMap((label) => {
    const found = operands.get(label);
    return found === undefined ? [] : [{ label, found }];
  });
  const empty = named.filter(({ found }) => found.series.length === 0);
  if (empty.length > 0) {
    return [`${empty.map(({ label }) => label).join(' and ')} gave no series: why, its own notes say`];
  }
  const apart = joins.some(
    ({ joined, leftAlone, rightAlone }) => joined === 0 && leftAlone > 0 && rightAlone > 0,
  );
  if (!apart && operand.series.length > 0) return [];
  const examples = named
    .filter(({ found }) => found.names.size > 0)
    .map(({ label, found }) => `${label} has ${labelSets(found).join(', ')}`);
  if (examples.length < 2) return [];
  return [{ text: `no labels are equal: ${examples.join('; ')}`, quotesTelemetry: true }];
}

function labelSets({ names, series }: SeriesOperand): string[] {
  const sets = series.map(({ labels }) => {
    const pairs = [...names].map(
      (name) => `${name}=${JSON.stringify(labelValue(labels, name).slice(0, longestValue))}`,
    );
    return `{${pairs.join(', ')}}`;
  });
  const shown = sets.sort().slice(0, mostExamples);
  return sets.length > shown.length ? [...shown, '…'] : shown;
}
