import type { Binary } from '../ast.ts';
import type { Histogram } from '../histogram.ts';
import { arithmetic, combineElements, comparisons, isArithmetic, isComparison } from './binary-operators.ts';
import type { StepNotes } from './step-notes.ts';
import { ABSENT, HISTOGRAM, type StepColumns, type StepSeries, StepSeriesBuilder } from './step-series.ts';

/**
 * Combines two series at the steps at which both have a value. Where their values can be combined at all
 * (whether or not a comparison then holds), `matched` gets a 1.
 */
export function combinePair(
  node: Binary,
  left: StepSeries,
  right: StepSeries,
  count: number,
  matched: Uint8Array | undefined,
  notes: StepNotes,
  columns: StepColumns,
): StepSeriesBuilder {
  const builder = new StepSeriesBuilder(count, columns);
  const { op, returnBool } = node;
  const areFloats = left.histograms === undefined && right.histograms === undefined;
  if (areFloats && isArithmetic(op)) {
    const operate = arithmetic[op];
    forEachCommonStep(left, right, count, matched, (step, a, b) => builder.setFloat(step, operate(a, b)));
  } else if (areFloats && isComparison(op)) {
    const compare = comparisons[op];
    forEachCommonStep(left, right, count, matched, (step, a, b) => {
      const holds = compare(a, b);
      if (returnBool) builder.setFloat(step, Number(holds));
      else if (holds) builder.setFloat(step, a);
    });
  } else {
    combineAny(node, left, right, count, matched, notes, builder);
  }
  return builder;
}

function forEachCommonStep(
  left: StepSeries,
  right: StepSeries,
  count: number,
  matched: Uint8Array | undefined,
  visit: (step: number, a: number, b: number) => void,
): void {
  for (let step = 0; step < count; step++) {
    if (left.kinds[step] === ABSENT || right.kinds[step] === ABSENT) continue;
    if (matched !== undefined) matched[step] = 1;
    visit(step, left.values[step] ?? 0, right.values[step] ?? 0);
  }
}

function combineAny(
  { op, returnBool }: Binary,
  left: StepSeries,
  right: StepSeries,
  count: number,
  matched: Uint8Array | undefined,
  notes: StepNotes,
  builder: StepSeriesBuilder,
): void {
  for (let step = 0; step < count; step++) {
    if (left.kinds[step] === ABSENT || right.kinds[step] === ABSENT) continue;
    const { value, holds, note } = combineElements(op, elementAt(left, step), elementAt(right, step));
    if (note !== undefined) notes.set(step, note);
    if (value === undefined) continue;
    if (matched !== undefined) matched[step] = 1;
    if (returnBool) builder.setFloat(step, Number(holds));
    else if (holds && typeof value === 'number') builder.setFloat(step, value);
    else if (holds && typeof value !== 'number') builder.setHistogram(step, value);
  }
}

function elementAt({ kinds, values, histograms }: StepSeries, step: number): number | Histogram {
  return (kinds[step] === HISTOGRAM ? histograms?.[step] : undefined) ?? values[step] ?? 0;
}
