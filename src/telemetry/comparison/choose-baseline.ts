/** A time, half-open; the unit is the caller's. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/** A stretch of time with the number of records in it. */
export interface Occupied {
  /** Its start, in any unit that the window uses too. */
  readonly start: number;
  readonly records: number;
}

/** What has to be counted of a candidate to see whether it is calm. */
export interface CandidateCounts extends Period {
  readonly workloads: readonly WorkloadCounts[];
}

export interface WorkloadCounts {
  readonly workload: string;
  /** Server and consumer spans, and how many of them have the status error. */
  readonly requests: number;
  readonly failed: number;
  /** Their median duration, ns; 0 where there are none. */
  readonly median: number;
  /** Log lines, and those of an error level. */
  readonly lines: number;
  readonly errorLines: number;
}

export interface ChosenBaseline extends Period {
  /** The candidates that are nearer, nearest first, and what is worse there. */
  readonly passedOver: readonly PassedOver[];
  /** How many candidates there were; 1 is no choice. */
  readonly candidates: number;
}

export interface PassedOver extends Period {
  readonly workload: string;
  readonly because: 'failures' | 'error-lines' | 'slower';
  /** Share of requests that failed, lines of an error level by line, or median duration in ns: here, and where it is calm. */
  readonly value: number;
  readonly calm: number;
}

/** How many earlier times are looked at. */
const MOST_CANDIDATES = 6;

/** The least part of a window's records that a time must hold to be compared with it. */
const LEAST_RECORDS = 0.25;

/**
 * The earlier times of the length of the window that hold data, nearest first, at most six, none overlapping another:
 * each is the latest whose records are at least a quarter of the window's, on the grid of stretches before it.
 *
 * @param occupied stretches that hold records, of equal `length`, aligned to the window's start, in any order.
 */
export function baselineCandidates(window: Period, occupied: readonly Occupied[], length: number): Period[] {
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
  const found: Period[] = [];
  for (const to of ends) {
    const before = found.at(-1)?.from ?? window.from;
    if (to <= before && within(to - size, to) >= needed) found.push({ from: to - size, to });
    if (found.length === MOST_CANDIDATES) break;
  }
  return found;
}

/** The nearest of the candidates that is not clearly worse than the calmest; undefined without any. */
export function chooseBaseline(candidates: readonly CandidateCounts[]): ChosenBaseline | undefined {
  const [nearest] = candidates;
  if (nearest === undefined) return undefined;
  return { from: nearest.from, to: nearest.to, passedOver: [], candidates: candidates.length };
}
