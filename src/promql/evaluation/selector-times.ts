import type { AtModifier, DurationExpr, MatrixSelector, Subquery, VectorSelector } from '../ast.ts';
import { durationMs } from '../duration.ts';
import { createGrid, type Grid } from './grid.ts';

/** The times of a whole query, in milliseconds, which durations and modifiers may refer to. */
export interface QueryTimes {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly step: number;
  readonly subqueryStep: number;
}

/** Where a selector or subquery looks from an evaluation time: at `at` if that is set, and `offset` before. */
export interface Shift {
  readonly at: number | undefined;
  readonly offset: number;
}

/** The time that a selector looks at when it is evaluated at `time`. */
export function shifted({ at, offset }: Shift, time: number): number {
  // With `at ?? time`, each time would be made an object first.
  return at === undefined ? time - offset : at - offset;
}

/** The modifiers of a selector or subquery in milliseconds. */
export function shiftOf(node: VectorSelector | Subquery, times: QueryTimes): Shift {
  const offset = node.offset === undefined ? 0 : duration(node.offset, times, true);
  return { at: node.at && atTime(node.at, times), offset };
}

/**
 * Where `timestamp` looks from in the samples that a selector right inside it selects. As in Prometheus, an
 * offset beside `@` tells which samples are selected but not where to look, so that a negative one has no
 * effect.
 */
export function timestampShiftOf(node: VectorSelector, times: QueryTimes): Shift {
  const shift = shiftOf(node, times);
  return shift.at === undefined ? shift : { at: shift.at, offset: 0 };
}

/** The width of a range vector in milliseconds. */
export function rangeOf(node: MatrixSelector | Subquery, times: QueryTimes): number {
  return duration(node.range, times, false);
}

/**
 * The steps of a subquery that is evaluated on a grid: multiples of its own step, from after the beginning
 * of the first range to the end of the last.
 */
export function subqueryGrid(node: Subquery, grid: Grid, times: QueryTimes): Grid {
  const step = (node.step && duration(node.step, times, false)) || times.subqueryStep;
  const shift = shiftOf(node, times);
  const lastStep = grid.start + Math.max(grid.count - 1, 0) * grid.step;
  const before = shifted(shift, grid.start) - rangeOf(node, times);
  const start = (Math.floor(before / step) + 1) * step;
  return createGrid(start, shifted(shift, lastStep), step);
}

function duration(expr: DurationExpr, times: QueryTimes, negative: boolean): number {
  const parameters = { stepMs: times.step, rangeMs: times.end - times.start };
  return durationMs(expr, parameters, times.text, { negative });
}

function atTime(at: AtModifier, times: QueryTimes): number {
  if (at.kind === 'timestamp') return at.ms;
  return at.kind === 'start' ? times.start : times.end;
}
