import type { Labels } from '../labels.ts';
import { compareText } from '../labels.ts';
import { FLOAT, type StepSeries } from './step-series.ts';

/** Orders an instant vector by value, NaN last; histograms have no order and are left out by the caller. */
export function sortedByValue(series: readonly StepSeries[], descending: boolean): StepSeries[] {
  return [...series].sort((a, b) => compareValues(a.values[0] ?? 0, b.values[0] ?? 0, descending));
}

/** Negative where `a` comes first. NaN comes last either way. */
export function compareValues(a: number, b: number, descending: boolean): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  if (a === b) return 0;
  return a < b === descending ? 1 : -1;
}

/** Orders by the values of labels in turn, numbers in them by size, then by all labels. */
export function sortedByLabels(
  series: readonly StepSeries[],
  labels: readonly string[],
  descending: boolean,
): StepSeries[] {
  const direction = descending ? -1 : 1;
  return [...series].sort((a, b) => direction * compareByLabels(a.labels, b.labels, labels));
}

function compareByLabels(a: Labels, b: Labels, labels: readonly string[]): number {
  for (const label of labels) {
    const [x, y] = [a.get(label), b.get(label)];
    if (x !== y) return compareNaturally(x, y);
  }
  return a.compare(b);
}

/** Order of different texts in which runs of digits count as numbers. */
function compareNaturally(a: string, b: string): number {
  const [chunksA, chunksB] = [chunksOf(a), chunksOf(b)];
  for (const [i, x] of chunksA.entries()) {
    const y = chunksB[i];
    if (y === undefined) return 1;
    if (isNumber(x) && isNumber(y)) {
      if (Number(x) !== Number(y)) return Number(x) - Number(y);
    } else if (x !== y) return compareText(x, y);
  }
  return -1;
}

function chunksOf(text: string): readonly string[] {
  return text.match(/\d+|\D+/g) ?? [];
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text);
}

/** Only the floats of the series. */
export function onlyFloats(series: StepSeries): StepSeries {
  if (series.histograms === undefined) return series;
  const kinds = series.kinds.map((kind) => (kind === FLOAT ? kind : 0));
  return { ...series, kinds, histograms: undefined };
}
