import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namedCauses } from '../../src/telemetry/comparison/causes.ts';
import { compareWindows } from '../../src/telemetry/comparison/compare.ts';
import { type Fault, faultyOf, randomOf, windowOf } from './seeded-windows.ts';

const FAULTS: readonly Fault[] = ['starved CPU', 'delayed network', 'new error', 'slow code path'];
const EXPECTED: Readonly<Record<Fault, string>> = {
  'starved CPU': 'resource pressure',
  'delayed network': 'network',
  'new error': 'errors',
  'slow code path': 'code path',
};
const SEEDS = Array.from({ length: 100 }, (_, seed) => seed);

describe('compareWindows', () => {
  it('finds nothing between a window and itself', () => {
    fc.assert(
      fc.property(fc.integer(), fc.option(fc.constantFrom(...FAULTS), { nil: undefined }), (seed, fault) => {
        const window = windowOf(randomOf(seed), fault, faultyOf(Math.abs(seed)));
        expect(compareWindows(window, window)).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  it('does not depend on the order in which things are given', () => {
    const random = randomOf(7);
    const [baseline, window] = [windowOf(random), windowOf(random, 'new error', 'payment')];
    const turned = {
      ...window,
      operations: window.operations.toReversed(),
      calls: window.calls.toReversed(),
      patterns: window.patterns.toReversed(),
      metrics: window.metrics.toReversed(),
    };
    expect(compareWindows(baseline, turned)).toEqual(compareWindows(baseline, window));
    expect(namedCauses(compareWindows(baseline, turned), turned)).toEqual(
      namedCauses(compareWindows(baseline, window), window),
    );
  });

  it('names no cause in at least 95 of 100 windows without a fault', () => {
    const named = SEEDS.filter((seed) => {
      const random = randomOf(1000 + seed);
      const [baseline, window] = [windowOf(random), windowOf(random)];
      return namedCauses(compareWindows(baseline, window), window).length > 0;
    });
    expect(named.length, `seeds ${named}`).toBeLessThanOrEqual(5);
  });

  it('names the true place and kind first in at least 90 of 100 windows with a fault', () => {
    const missed = SEEDS.flatMap((seed) => {
      const fault = FAULTS[seed % FAULTS.length] ?? 'new error';
      const random = randomOf(2000 + seed);
      const [baseline, window] = [windowOf(random), windowOf(random, fault, faultyOf(seed))];
      const [first] = namedCauses(compareWindows(baseline, window), window);
      const right = first?.workload === faultyOf(seed) && first.kind === EXPECTED[fault];
      return right
        ? []
        : [`${seed}: ${fault} in ${faultyOf(seed)}, named ${first?.kind} ${first?.workload} ${first?.peer}`];
    });
    expect(missed.length, missed.join('\n')).toBeLessThanOrEqual(10);
  });
});
