/** The first index from `from` on whose value is above `limit`, in ascending values; their number if none is. */
export function indexAbove(values: Float64Array, limit: number, from = 0): number {
  let low = from;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}
