/** The times at which an expression is evaluated: `count` steps from `start` on, none after `end`. */
export interface Grid {
  /** Milliseconds since the epoch. */
  readonly start: number;
  readonly end: number;
  /** Milliseconds, above 0. */
  readonly step: number;
  readonly count: number;
}

/** A grid; without steps where `end` is before `start`. */
export function createGrid(start: number, end: number, step: number): Grid {
  return { start, end, step, count: end < start ? 0 : Math.floor((end - start) / step) + 1 };
}

/** Only the first step of a grid. */
export function firstStep(grid: Grid): Grid {
  return { ...grid, end: grid.start, count: 1 };
}

/** The time of a step, in milliseconds since the epoch. */
export function timeOf(grid: Grid, step: number): number {
  return grid.start + step * grid.step;
}
