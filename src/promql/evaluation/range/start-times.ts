/** Two neighbouring samples' times and when their counters began (0: not known), in milliseconds. */
export interface Neighbours {
  readonly previousStart: number;
  readonly previousTime: number;
  readonly start: number;
  readonly time: number;
}

/**
 * Whether a start time says that a counter began anew between two samples. A start at or after its own
 * sample says nothing. A start at the time of the sample before is a reset of deltas, but of a counter with
 * an unknown start it only says so: there the sample before has no start of its own.
 */
export function startsAnew({ previousStart, previousTime, start, time }: Neighbours): boolean {
  if (start === 0 || start >= time || start < previousTime) return false;
  if (start > previousTime) return true;
  return previousStart !== 0 && previousStart < previousTime;
}

/** Whether a sample's counter began before the sample in front of it, but not with that one's. */
export function startOverlaps({ previousStart, previousTime, start }: Neighbours): boolean {
  return start !== 0 && start < previousTime && start !== previousStart;
}

/** The neighbours at positions i − 1 and i. */
export function neighboursAt(timestamps: Float64Array, starts: Float64Array, i: number): Neighbours {
  return {
    previousStart: starts[i - 1] ?? 0,
    previousTime: timestamps[i - 1] ?? 0,
    start: starts[i] ?? 0,
    time: timestamps[i] ?? 0,
  };
}
