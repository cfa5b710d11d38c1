import { type Dispersion, EVEN } from './dispersion.ts';
import { countBeyond, type Distribution, quantileOf } from './distribution.ts';
import { compareRanks } from './rank-test.ts';
import { compareShares } from './share-test.ts';
import { NOTHING, type Test } from './test-result.ts';

/**
 * Whether values moved: by their ranks, and for a change of the slowest part alone, Fisher's test of how many lie above
 * the 90th percentile of both together (a quantile test after Mood, 1950). The smaller p counts twice.
 */
export function compareValues(
  baseline: Distribution,
  window: Distribution,
  dispersion: Dispersion = EVEN,
): Test {
  const bulk = compareRanks([[baseline, window]], dispersion);
  const limit = quantileOf([baseline, window], 0.9);
  if (limit === undefined) return NOTHING;
  const tail = compareShares(
    {
      hits: [countBeyond(baseline, limit), countBeyond(window, limit)],
      of: [baseline.size, window.size],
    },
    dispersion,
  );
  const best = bulk.p <= tail.p ? bulk : tail;
  const at = best === bulk ? 0.5 : 0.95;
  return {
    ...best,
    at,
    p: Math.min(1, 2 * best.p),
    least: Math.min(1, 2 * Math.min(bulk.least, tail.least)),
  };
}
