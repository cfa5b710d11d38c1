import { InputError } from '../telemetry/input-error.ts';
import { type Bucket, buckets, chooseStep, parseStep } from '../telemetry/time.ts';
import type { Window } from '../telemetry/window.ts';
import { mostPoints } from './metric-requests.ts';

/** The buckets of a range query. */
export interface Grid {
  /** ms */
  readonly step: number;
  readonly buckets: readonly Bucket[];
  /** The part of the window that the buckets cover. */
  readonly window: Window;
}

/**
 * The grid of a range query over a window, with a step that fits it where none is asked for.
 *
 * @throws InputError for a step that is no duration, or makes more than 1,000 points
 */
export function readGrid(asked: string | number | undefined, window: Window, now: bigint): Grid {
  const step = asked === undefined ? chooseStep(window) : parseStep(asked);
  const points = (window.to - window.from) / (BigInt(step) * 1_000_000n);
  if (points > BigInt(mostPoints)) {
    const least = Math.ceil(Number(window.to - window.from) / 1e9 / (mostPoints - 1));
    throw new InputError(
      `step: ${asked} makes ${points} points, at most ${mostPoints} are given; use ${least}s or more, or a shorter window`,
    );
  }
  const grid = buckets(window, step, now);
  const from = grid[0]?.from ?? window.from;
  return { step, buckets: grid, window: { from, to: grid.at(-1)?.to ?? from } };
}

/** Whether the first and the last bucket hold less than a whole step. */
export function partialEnds(grid: Grid | undefined): { readonly first: boolean; readonly last: boolean } {
  return {
    first: grid?.buckets[0]?.partial ?? false,
    last: grid?.buckets.at(-1)?.partial ?? false,
  };
}

/** Where a bucket is shown, ms since the epoch. */
export const shownAt = ({ start }: Bucket): number => Number(start / 1_000_000n);
