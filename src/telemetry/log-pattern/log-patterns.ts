import { dispersionOfCounts } from '../comparison/dispersion.ts';
import { type CountChange, compareRates } from './compare-rates.ts';
import { minePatterns } from './mine.ts';

/** Rows of one window. */
export interface SeenRows {
  readonly rows: number;
  /** ns since the epoch; 0 where there are no rows. */
  readonly first: bigint;
  readonly last: bigint;
  /** Rows in buckets of equal width from the start of the window on, those that have any: index and rows. */
  readonly buckets: ReadonlyMap<number, number>;
}

/** Rows whose bodies differ in values alone, as far as the looks of words can tell. */
export interface BodyShape {
  /** A body with `<*>` for values. */
  readonly masked: string;
  /** The first of the bodies, or its beginning. */
  readonly example: string;
  /** Characters of the body that are not in it. */
  readonly exampleRest: number;
  readonly window: SeenRows;
  readonly baseline: SeenRows;
  /** Rows of the window by level and workload; of the baseline where the window has none. */
  readonly levels: ReadonlyMap<string, number>;
  readonly workloads: ReadonlyMap<string, number>;
}

/** One kind of log body. */
export interface LogPattern {
  /** `<*>` is what varies, `…` at the end the rest of the bodies. */
  readonly template: string;
  /** The first of the bodies, or its beginning. */
  readonly example: string;
  /** Characters of the body that are not in it. */
  readonly exampleRest: number;
  readonly window: SeenRows;
  readonly baseline: SeenRows;
  /** With rows, the most frequent first; '' is none. */
  readonly levels: readonly (readonly [level: string, rows: number])[];
  readonly workloads: readonly (readonly [workload: string, rows: number])[];
  /** Undefined without a baseline. */
  readonly change: CountChange | undefined;
}

/** How windows are parted into buckets. */
export interface Spread {
  /** Seconds. */
  readonly window: number;
  readonly baseline: number;
  /** Seconds of a bucket. */
  readonly bucket: number;
}

/**
 * The patterns of bodies, with what is known of their rows. Every row is of exactly one.
 *
 * @param spread undefined without a baseline
 * @returns with a baseline: significant changes first, the strongest first, then the other changes; else the
 *   most frequent first
 */
export function findPatterns(shapes: readonly BodyShape[], spread: Spread | undefined): LogPattern[] {
  const ordered = [...shapes].sort(
    (a, b) =>
      b.window.rows + b.baseline.rows - a.window.rows - a.baseline.rows || compareText(a.masked, b.masked),
  );
  const patterns = minePatterns(ordered.map(({ masked }) => masked)).map(({ template, members }) =>
    joined(
      template,
      members.flatMap((index) => ordered[index] ?? []),
    ),
  );
  const byRows = (a: LogPattern, b: LogPattern): number =>
    b.window.rows - a.window.rows || b.baseline.rows - a.baseline.rows || compareText(a.template, b.template);
  if (spread === undefined) return patterns.sort(byRows);
  const changes = compareRates(
    patterns.map(({ window, baseline }) => ({
      count: window.rows,
      baseline: baseline.rows,
      dispersion: dispersionOfCounts(
        filled(baseline.buckets, spread.baseline / spread.bucket),
        filled(window.buckets, spread.window / spread.bucket),
      ),
    })),
    { window: spread.window, baseline: spread.baseline },
  );
  return patterns
    .map((pattern, i) => ({ ...pattern, change: changes[i] }))
    .sort((a, b) => rankOf(a) - rankOf(b) || strengthOf(b) - strengthOf(a) || byRows(a, b));
}

const rankOf = ({ change }: LogPattern): number => (change?.significant ? 0 : 1);
const strengthOf = ({ change }: LogPattern): number => change?.strength ?? 0;

/** All whole buckets: what is cut at the end would pass for a fall. */
function filled(buckets: ReadonlyMap<number, number>, count: number): number[] {
  return Array.from({ length: Math.max(1, Math.floor(count + 1e-9)) }, (_, i) => buckets.get(i) ?? 0);
}

function joined(template: string, shapes: readonly BodyShape[]): LogPattern {
  const [first] = shapes;
  if (first === undefined) throw new Error('a pattern without bodies');
  const window = shapes.map((shape) => shape.window).reduce(bothSeen);
  const seen = window.rows > 0 ? shapes.filter((shape) => shape.window.rows > 0) : shapes;
  const { example, exampleRest } = seen[0] ?? first;
  return {
    template,
    example,
    exampleRest,
    window,
    baseline: shapes.map((shape) => shape.baseline).reduce(bothSeen),
    levels: ranked(seen.map(({ levels }) => levels)),
    workloads: ranked(seen.map(({ workloads }) => workloads)),
    change: undefined,
  };
}

function bothSeen(a: SeenRows, b: SeenRows): SeenRows {
  if (a.rows === 0) return b;
  if (b.rows === 0) return a;
  return {
    rows: a.rows + b.rows,
    first: [a.first, b.first].sort(compareTime)[0] ?? a.first,
    last: [b.last, a.last].sort(compareTime)[1] ?? a.last,
    buckets: added([a.buckets, b.buckets]),
  };
}

function added<Key>(counts: readonly ReadonlyMap<Key, number>[]): Map<Key, number> {
  const sums = new Map<Key, number>();
  for (const of of counts) for (const [key, rows] of of) sums.set(key, (sums.get(key) ?? 0) + rows);
  return sums;
}

function ranked(counts: readonly ReadonlyMap<string, number>[]): [string, number][] {
  return [...added(counts)].sort(([a, m], [b, n]) => n - m || compareText(a, b));
}

const compareTime = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
