import { type Dispersion, EVEN } from './dispersion.ts';
import { compareShares } from './share-test.ts';
import { sum } from './test-result.ts';

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

/**
 * A candidate is worse where a test says so and the value is this many times the calm one. Not corrected for how many
 * tests there are: to pass a good candidate over costs little, as the next is as good.
 */
const LEVEL = 0.01;
const LEAST_WORSE = 2;

/** What stands out in the window by this much less is looked at. */
const NOTED = 0.05;
const LEAST_NOTED = 1.25;

/** A request that fails often writes two lines or more, so that lines vary more than independent ones. */
const LINES_TOGETHER: Dispersion = { factor: 2, freedom: Number.POSITIVE_INFINITY };

/** Fewer requests than that have no telling median. */
const LEAST_REQUESTS = 10;

/**
 * The nearest of the candidates that is not clearly worse than it is when calm; where all are worse, the one that is the
 * least so. Calm is what the better half of the candidates shows together, each workload and signal by itself, so
 * that less than half of the candidates may hold an incident of it. What the window does not show more of than calm
 * times is not looked at: another incident in the baseline does not hide the one that is sought.
 *
 * @param candidates nearest first.
 * @param window the same counts of the window; without it, all that is worse counts.
 */
export function chooseBaseline(
  candidates: readonly CandidateCounts[],
  window?: CandidateCounts,
): ChosenBaseline | undefined {
  const workloads = [
    ...new Set(candidates.flatMap((each) => each.workloads.map(({ workload }) => workload))),
  ];
  const asked = workloads.sort().flatMap((workload) => {
    const counts = candidates.map((candidate) => countsOf(candidate, workload));
    const now = window === undefined ? undefined : countsOf(window, workload);
    return SIGNALS.flatMap((signal) => {
      const calm = calmOf(counts, signal);
      if (calm === undefined) return [];
      if (now !== undefined && !isAbove(signal.of(now), calm, signal, NOTED, LEAST_NOTED)) return [];
      return [{ workload, signal, calm, shares: counts.map(signal.of) }];
    });
  });
  const found = candidates.map((candidate, i) => ({
    candidate,
    worse: asked.flatMap(({ workload, signal, calm, shares }): Worse[] => {
      const share = shares[i];
      if (share === undefined || !isAbove(share, calm, signal, LEVEL, LEAST_WORSE)) return [];
      return [{ workload, because: signal.name, value: valueOfShare(share), calm: valueOfShare(calm) }];
    }),
  }));
  const fewest = Math.min(...found.map(({ worse }) => excess(worse)));
  const chosen = found.findIndex(({ worse }) => excess(worse) === fewest);
  const best = found[chosen];
  if (best === undefined) return undefined;
  const passedOver = found.slice(0, chosen).flatMap(({ candidate: { from, to }, worse }) => {
    const [first] = [...worse].sort((a, b) => excess([b]) - excess([a]));
    return first === undefined ? [] : [{ from, to, ...first }];
  });
  const { from, to } = best.candidate;
  return { from, to, passedOver, candidates: candidates.length };
}

type Worse = Omit<PassedOver, 'from' | 'to'>;

/** By how many times the calm values are exceeded, in all. */
const excess = (worse: readonly Worse[]): number =>
  worse.reduce(
    (total, { value, calm }) => total + Math.min(MOST_TIMES, value / Math.max(calm, Number.MIN_VALUE)),
    0,
  );

/** Beyond that many times a value is no worse than another; a calm value may be 0. */
const MOST_TIMES = 10;

/** `hits` of `of`; of a median its ns in `hits`, and how many values it is made of. */
interface Share {
  readonly hits: number;
  readonly of: number;
  readonly isMedian: boolean;
}

interface Signal {
  readonly name: PassedOver['because'];
  readonly of: (counts: WorkloadCounts) => Share;
  readonly dispersion: Dispersion;
}

const SIGNALS: readonly Signal[] = [
  {
    name: 'failures',
    of: ({ failed, requests }) => ({ hits: failed, of: requests, isMedian: false }),
    dispersion: EVEN,
  },
  {
    name: 'error-lines',
    of: ({ errorLines, lines }) => ({ hits: errorLines, of: lines, isMedian: false }),
    dispersion: LINES_TOGETHER,
  },
  {
    name: 'slower',
    of: ({ median, requests }) => ({ hits: median, of: requests, isMedian: true }),
    dispersion: EVEN,
  },
];

const valueOfShare = ({ hits, of, isMedian }: Share): number => (isMedian || of === 0 ? hits : hits / of);

/** What the better half of the candidates shows that have any of it. */
function calmOf(counts: readonly WorkloadCounts[], signal: Signal): Share | undefined {
  const shares = counts
    .map(signal.of)
    .filter(({ of, isMedian }) => of >= (isMedian ? LEAST_REQUESTS : 1))
    .sort((a, b) => valueOfShare(a) - valueOfShare(b));
  const half = shares.slice(0, Math.max(1, Math.floor(shares.length / 2)));
  const [least] = half;
  if (least === undefined) return undefined;
  if (least.isMedian) return half.at(-1);
  return { hits: sum(half.map(({ hits }) => hits)), of: sum(half.map(({ of }) => of)), isMedian: false };
}

function isAbove(share: Share, calm: Share, { dispersion }: Signal, level: number, factor: number): boolean {
  if (share.of === 0 || valueOfShare(share) < factor * valueOfShare(calm)) return false;
  if (share.isMedian) return share.of >= LEAST_REQUESTS && calm.hits > 0;
  return (
    compareShares({ hits: [calm.hits, share.hits], of: [calm.of, share.of] }, dispersion, 'more').p <= level
  );
}

const countsOf = ({ workloads }: CandidateCounts, name: string): WorkloadCounts =>
  workloads.find(({ workload }) => workload === name) ?? { ...NO_COUNTS, workload: name };

const NO_COUNTS = { requests: 0, failed: 0, median: 0, lines: 0, errorLines: 0 };
