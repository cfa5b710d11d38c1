import type { Binary } from '../ast.ts';
import { arithmetic, combineElements, comparisons, isArithmetic, isComparison } from './binary-operators.ts';
import type { Context } from './context.ts';
import { StepNotes } from './step-notes.ts';
import { ABSENT, FLOAT, HISTOGRAM, hasValues, type StepSeries, StepSeriesBuilder } from './step-series.ts';

/** A binary operator between two scalars; comparisons give 0 or 1. */
export function combineScalars({ op }: Binary, left: Float64Array, right: Float64Array): Float64Array {
  if (isArithmetic(op)) return left.map((value, step) => arithmetic[op](value, right[step] ?? 0));
  if (isComparison(op)) return left.map((value, step) => Number(comparisons[op](value, right[step] ?? 0)));
  throw new TypeError(`no operator of scalars: ${op}`);
}

/** A binary operator between an instant vector and a scalar, whichever is on which side. */
export function combineWithScalar(
  node: Binary,
  series: readonly StepSeries[],
  scalar: Float64Array,
  scalarIsLeft: boolean,
  context: Context,
): StepSeries[] {
  const notes = new StepNotes();
  const dropsName = isArithmetic(node.op) || node.returnBool;
  const result: StepSeries[] = [];
  for (const one of series) {
    const isPlain = one.histograms === undefined;
    const combined = isPlain
      ? combineFloats(node, one, scalar, scalarIsLeft, notes)
      : combineAny(node, one, scalar, scalarIsLeft, notes);
    if (hasValues(combined)) result.push(dropsName ? { ...combined, dropName: true } : combined);
  }
  notes.report(context.annotations, node.span);
  return result;
}

function combineFloats(
  node: Binary,
  series: StepSeries,
  scalar: Float64Array,
  scalarIsLeft: boolean,
  notes: StepNotes,
): StepSeries {
  const { op } = node;
  const { kinds, values } = series;
  if (isArithmetic(op)) {
    const operate = arithmetic[op];
    const computed = new Float64Array(values.length);
    for (let step = 0; step < values.length; step++) {
      const [value = 0, operand = 0] = [values[step], scalar[step]];
      computed[step] = scalarIsLeft ? operate(operand, value) : operate(value, operand);
    }
    return { ...series, values: computed };
  }
  if (!isComparison(op)) return combineAny(node, series, scalar, scalarIsLeft, notes);
  const compare = comparisons[op];
  const held = new Uint8Array(values.length);
  for (let step = 0; step < values.length; step++) {
    if (kinds[step] === ABSENT) continue;
    const [value = 0, operand = 0] = [values[step], scalar[step]];
    if (scalarIsLeft ? compare(operand, value) : compare(value, operand)) held[step] = FLOAT;
  }
  return node.returnBool ? { ...series, values: Float64Array.from(held) } : { ...series, kinds: held };
}

function combineAny(
  { op, returnBool }: Binary,
  series: StepSeries,
  scalar: Float64Array,
  scalarIsLeft: boolean,
  notes: StepNotes,
): StepSeries {
  const builder = new StepSeriesBuilder(scalar.length);
  series.kinds.forEach((kind, step) => {
    if (kind === ABSENT) return;
    const element = (kind === HISTOGRAM ? series.histograms?.[step] : undefined) ?? series.values[step] ?? 0;
    const operand = scalar[step] ?? 0;
    const combined = scalarIsLeft
      ? combineElements(op, operand, element)
      : combineElements(op, element, operand);
    if (combined.value === undefined) {
      if (combined.note !== undefined) notes.set(step, combined.note);
      return;
    }
    if (returnBool) builder.setFloat(step, Number(combined.holds));
    else if (combined.holds) {
      // A comparison gives the vector's element, on whichever side it is.
      const value = isComparison(op) ? element : combined.value;
      if (typeof value === 'number') builder.setFloat(step, value);
      else builder.setHistogram(step, value);
    }
  });
  return builder.build(series.labels, series.dropName);
}
