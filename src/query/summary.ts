import type { Summary } from './results.ts';

/**
 * What a series carries beside its values. NaN, which metrics may hold, is left out of all but the latest
 * value, unless there is nothing else.
 *
 * @param additive adding up the values means something: the summary has a total
 */
export function summarize(values: readonly (number | null)[], additive: boolean): Summary {
  const known = values.filter((value) => value !== null);
  const latest = known.at(-1) ?? null;
  const numbers = known.filter((value) => !Number.isNaN(value));
  if (numbers.length === 0) {
    return {
      min: latest,
      max: latest,
      avg: latest,
      latest,
      total: additive ? (latest ?? 0) : null,
      count: 0,
    };
  }
  const total = numbers.reduce((sum, value) => sum + value, 0);
  return {
    min: numbers.reduce((a, b) => Math.min(a, b)),
    max: numbers.reduce((a, b) => Math.max(a, b)),
    avg: total / numbers.length,
    latest,
    total: additive ? total : null,
    count: numbers.length,
  };
}
