/** Up to this many values, sorting by insertion is faster than the built-in sort. */
const FEW = 64;

/**
 * The quantile `q` of the first `count` values, between the two nearest ranks by linear interpolation. NaN
 * sorts lowest. NaN without values or for a NaN `q`; −Infinity below 0, Infinity above 1. Sorts the values
 * in place.
 */
export function quantile(q: number, values: Float64Array, count: number): number {
  if (count === 0 || Number.isNaN(q)) return Number.NaN;
  if (q < 0) return Number.NEGATIVE_INFINITY;
  if (q > 1) return Number.POSITIVE_INFINITY;
  if (count > FEW) sortMany(values.subarray(0, count));
  else sortFew(values, count);
  const rank = q * (count - 1);
  const lower = Math.floor(rank);
  const upper = Math.min(count - 1, lower + 1);
  const weight = rank - lower;
  return (values[lower] ?? 0) * (1 - weight) + (values[upper] ?? 0) * weight;
}

function sortFew(values: Float64Array, count: number): void {
  for (let i = 1; i < count; i++) {
    const value = values[i] ?? 0;
    let at = i - 1;
    while (at >= 0) {
      const other = values[at] ?? 0;
      if (!(other > value || (Number.isNaN(value) && !Number.isNaN(other)))) break;
      values[at + 1] = other;
      at--;
    }
    values[at + 1] = value;
  }
}

function sortMany(values: Float64Array): void {
  values.sort();
  // Typed arrays sort NaN to the end.
  let nans = 0;
  while (nans < values.length && Number.isNaN(values[values.length - 1 - nans])) nans++;
  if (nans === 0) return;
  values.copyWithin(nans, 0, values.length - nans);
  values.fill(Number.NaN, 0, nans);
}
