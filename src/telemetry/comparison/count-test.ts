import { type Dispersion, EVEN, judged } from './dispersion.ts';
import { upperTail } from './distributions.ts';
import { wilson } from './share-test.ts';
import { NOTHING, type Test } from './test-result.ts';

/** Events, and what they are spread over (time, or stretches; > 0), in the baseline and in the window. */
export interface Counts {
  readonly events: readonly [number, number];
  readonly over: readonly [number, number];
}

/**
 * Whether a rate of events changed: of all events, those of the window are binomial with the window's share of what they
 * are spread over (Przyborowski & Wilenski, Biometrika 31, 1940), two-sided by doubling the smaller tail, mid-p. Events
 * that come together count as one (quasi-likelihood, as in `widened`, and by counts in place of scores, as chances of
 * millions of events are below what a number holds).
 * `delta` is the difference of the rates over their sum, −1 to 1.
 */
export function compareCounts({ events, over }: Counts, dispersion: Dispersion = EVEN): Test {
  const before = events[0] / dispersion.factor;
  const after = events[1] / dispersion.factor;
  const total = before + after;
  if (!(total > 0 && over[0] > 0 && over[1] > 0)) return NOTHING;
  const share = over[1] / (over[0] + over[1]);
  const midTail = (k: number, p: number) => (upperTail(k, total, p) + upperTail(k + 1, total, p)) / 2;
  const twoSided = (tail: number) =>
    dispersion.factor <= 1 ? Math.min(1, 2 * tail) : judged(2 * tail, dispersion.freedom);
  const more = after / total > share;
  const [low, high] = wilson(total, after / total);
  // What the share would be if both rates were weighted alike.
  const even = (part: number) => {
    const [a, b] = [part / share, (1 - part) / (1 - share)];
    return (a - b) / (a + b);
  };
  return {
    p: twoSided(Math.min(midTail(after, share), midTail(before, 1 - share))),
    least: Math.min(twoSided(midTail(total, share)), twoSided(midTail(total, 1 - share))),
    delta: even(after / total),
    strength: Math.max(0, more ? even(low) : -even(high)),
  };
}
