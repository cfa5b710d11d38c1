import type { Series } from '../../query/results.ts';

/** Where the series has its least and its greatest value; nothing where it has none. Indexes of points. */
export function extremesOf({ points = [] }: Series): number[] {
  let least = -1;
  let greatest = -1;
  for (const [i, [, value]] of points.entries()) {
    if (value === null) continue;
    if (least < 0 || value < (points[least]?.[1] ?? value)) least = i;
    if (greatest < 0 || value > (points[greatest]?.[1] ?? value)) greatest = i;
  }
  return least < 0 ? [] : [least, greatest];
}

/**
 * The buckets to keep when there is no room for all `length`: the first and the last, the `extremes` of
 * each series, and `more` others, evenly spread. Indexes in order of time.
 */
export function thin(length: number, extremes: readonly (readonly number[])[], more: number): number[] {
  if (more >= length) return Array.from({ length }, (_, i) => i);
  const kept = new Set([0, length - 1, ...extremes.flat()]);
  for (let i = 0; i < more; i++) kept.add(Math.floor(((i + 0.5) * length) / more));
  return [...kept].sort((a, b) => a - b);
}

/** What a reader must know where points are left out. */
export function thinnedNotes(kept: number, all: number): string[] {
  if (kept === all) return [];
  return [
    `${kept} of ${all} points are shown, the extremes of each series among them: ask for a longer step or a shorter window`,
  ];
}
