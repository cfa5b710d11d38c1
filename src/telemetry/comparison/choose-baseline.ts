/** A stretch of time with the number of records in it. */
export interface Occupied {
  /** Its start, in any unit that the window uses too. */
  readonly start: number;
  readonly records: number;
}

/** The least part of a window's records that a time must hold to be compared with it. */
const LEAST_RECORDS = 0.25;

/**
 * The nearest earlier time of the length of the window that holds data: the latest whose records are at least a quarter
 * of the window's, on the grid of stretches before it. It may hold an earlier incident; nothing tells that here.
 *
 * @param occupied stretches that hold records, of equal `length`, aligned to the window's start, in any order.
 * @returns undefined where no earlier time holds enough.
 */
export function nearestBaseline(
  window: { readonly from: number; readonly to: number },
  occupied: readonly Occupied[],
  length: number,
): { readonly from: number; readonly to: number } | undefined {
  const size = window.to - window.from;
  const within = (from: number, to: number) =>
    occupied.reduce((sum, { start, records }) => (start >= from && start < to ? sum + records : sum), 0);
  const needed = Math.max(1, LEAST_RECORDS * within(window.from, window.to));
  // It ends where data ends: a stretch with a few stray records is no data.
  const solid = (needed * length) / size;
  const ends = occupied
    .filter(({ start, records }) => start + length <= window.from && records >= solid)
    .map(({ start }) => start + length)
    .sort((a, b) => b - a);
  const to = ends.find((end) => within(end - size, end) >= needed);
  return to === undefined ? undefined : { from: to - size, to };
}
