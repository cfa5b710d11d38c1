/** What of a change is wanted. */
export interface RateKind {
  /** The samples only go up, but for resets to 0. */
  readonly isCounter: boolean;
  /** Per second, not over the whole range. */
  readonly isRate: boolean;
}

/** A change between the first and the last sample of a range. Times are in milliseconds. */
export interface Change {
  readonly firstTime: number;
  readonly lastTime: number;
  /** How many gaps there are between samples. */
  readonly gaps: number;
  /** When the first sample's counter began, if that is inside the range: the counter was 0 then. */
  readonly begun: number | undefined;
  /** The counter at the first sample, and how much it grew from there. */
  readonly first: number;
  readonly growth: number;
}

/**
 * By what a change between samples is multiplied to stand for the whole range. Samples that are as near to
 * a bound as they are to one another (and a tenth more) are taken to go on to it; else the series is taken
 * to have begun, or ended, half a gap further. A counter can't have begun before it was 0.
 */
export function extrapolation(change: Change, start: number, end: number, kind: RateKind): number {
  const { firstTime, lastTime, gaps, begun, first, growth } = change;
  const sampled = (lastTime - (begun ?? firstTime)) / 1000;
  const gap = gaps === 0 ? 0 : (lastTime - firstTime) / 1000 / gaps;
  const threshold = gap * 1.1;
  let toStart = 0;
  if (begun === undefined) {
    toStart = (firstTime - start) / 1000;
    if (toStart >= threshold) toStart = gap / 2;
    if (kind.isCounter && growth > 0 && first >= 0) toStart = Math.min(toStart, sampled * (first / growth));
  }
  let toEnd = (end - lastTime) / 1000;
  if (toEnd >= threshold) toEnd = gap / 2;
  const factor = sampled === 0 ? 1 : (sampled + toStart + toEnd) / sampled;
  return kind.isRate ? factor / ((end - start) / 1000) : factor;
}
