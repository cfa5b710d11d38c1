/** One of the windows that are compared, on the clock of the blocks. */
export interface Range {
  /** ns from the origin, half-open. */
  readonly from: number;
  readonly to: number;
  /** ns; the same for both windows. */
  readonly stretch: number;
}

/** How many stretches a window has; the last may be cut. */
export const stretchesOf = ({ from, to, stretch }: Range): number =>
  Math.max(1, Math.ceil((to - from) / stretch - 1e-9));

/** The stretch of a time; -1 where the time is not in the window. */
export function stretchAt({ from, to, stretch }: Range, time: number): number {
  return time >= from && time < to ? Math.floor((time - from) / stretch) : -1;
}

/** A list by stretch. */
export const byStretch = <T>(range: Range, make: () => T): T[] =>
  Array.from({ length: stretchesOf(range) }, make);

/** Adds one to a number of a list. */
export function increase(counts: number[], index: number): void {
  counts[index] = (counts[index] ?? 0) + 1;
}
