import { type Dispersion, EVEN, widened } from './dispersion.ts';
import { logChoose } from './distributions.ts';
import { NOTHING, SURE, type Test } from './test-result.ts';

/** `hits` of `of`, in the baseline and in the window. */
export interface Shares {
  readonly hits: readonly [number, number];
  readonly of: readonly [number, number];
}

/** Which changes are asked for: one-sided tests see half the chance, and none of the other direction. */
export type Side = 'both' | 'more' | 'fewer';

/**
 * Whether a share changed: Fisher's exact test, two-sided by doubling the smaller tail, mid-p (Lancaster, JASA 56,
 * 1961), as the exact one is too careful with few samples. The strength is Newcombe's score interval (method 10,
 * Statistics in Medicine 17, 1998).
 */
export function compareShares(
  { hits, of }: Shares,
  dispersion: Dispersion = EVEN,
  side: Side = 'both',
): Test {
  const [n0, n1] = of;
  const total = hits[0] + hits[1];
  if (n0 === 0 || n1 === 0 || total === 0 || total === n0 + n1) return NOTHING;
  const table = { n0, n1, total };
  const more = hits[1] / n1 > hits[0] / n0;
  const tail = probabilityOf(table, hits[1]) / 2 + tailBeyond(table, hits[1], more ? 1 : -1);
  const twoSided = (oneTail: number) => widened(Math.min(1, 2 * oneTail), dispersion);
  const asked = side === 'both' || (side === 'more') === more;
  const p = side === 'both' ? twoSided(tail) : asked ? twoSided(tail) / 2 : 1 - twoSided(tail) / 2;
  const [p0, p1] = [hits[0] / n0, hits[1] / n1];
  const [l0, u0] = wilson(n0 / dispersion.factor, p0);
  const [l1, u1] = wilson(n1 / dispersion.factor, p1);
  const delta = p1 - p0;
  const slack = more ? Math.hypot(p1 - l1, u0 - p0) : Math.hypot(p0 - l0, u1 - p1);
  const fewest = twoSided(probabilityOf(table, Math.max(0, total - n0)) / 2);
  const most = twoSided(probabilityOf(table, Math.min(n1, total)) / 2);
  const least = side === 'both' ? Math.min(fewest, most) : (side === 'more' ? most : fewest) / 2;
  return { p, least, delta, strength: Math.max(0, Math.abs(delta) - slack) };
}

interface Table {
  readonly n0: number;
  readonly n1: number;
  /** Hits of both sides together. */
  readonly total: number;
}

/** The hypergeometric probability of `k` hits in the window. */
const probabilityOf = ({ n0, n1, total }: Table, k: number): number =>
  Math.exp(logChoose(n1, k) + logChoose(n0, total - k) - logChoose(n0 + n1, total));

/** The probability of all counts beyond `k` in one direction, each from the one before it. */
function tailBeyond(table: Table, k: number, step: 1 | -1): number {
  const { n0, n1, total } = table;
  const end = step === 1 ? Math.min(n1, total) : Math.max(0, total - n0);
  let term = probabilityOf(table, k);
  let tail = 0;
  for (let at = k; at !== end; at += step) {
    term *=
      step === 1
        ? ((n1 - at) * (total - at)) / ((at + 1) * (n0 - total + at + 1))
        : (at * (n0 - total + at)) / ((n1 - at + 1) * (total - at + 1));
    tail += term;
    if (term < tail * 1e-17) break;
  }
  return tail;
}

/** Wilson's score interval of a share, of 90 %. */
export function wilson(n: number, share: number): [number, number] {
  const z2 = SURE * SURE;
  const centre = (share + z2 / (2 * n)) / (1 + z2 / n);
  const half = (SURE / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}
