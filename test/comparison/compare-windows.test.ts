import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namedCauses } from '../../src/telemetry/comparison/causes.ts';
import { compareWindows } from '../../src/telemetry/comparison/compare.ts';
import { causesOf, isTrue } from './judge.ts';
import { FAULTS, windowsOf } from './seeded-windows.ts';

const SEEDS = Array.from({ length: 100 }, (_, seed) => seed);

describe('compareWindows', () => {
  it('finds nothing between a window and itself', () => {
    fc.assert(
      fc.property(fc.nat(), fc.option(fc.constantFrom(...FAULTS), { nil: undefined }), (seed, fault) => {
        const { window } = windowsOf(seed, fault);
        expect(compareWindows(window, window)).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  it('does not depend on the order in which things are given', () => {
    const { baseline, window } = windowsOf(7, 'new error');
    const turned = {
      ...window,
      operations: window.operations.toReversed(),
      calls: window.calls.toReversed(),
      unserved: window.unserved.toReversed(),
      patterns: window.patterns.toReversed(),
      lines: window.lines.toReversed(),
      metrics: window.metrics.toReversed(),
      pods: window.pods.toReversed(),
    };
    const changes = compareWindows(baseline, window);
    expect(changes).not.toEqual([]);
    expect(compareWindows(baseline, turned)).toEqual(changes);
    expect(namedCauses(changes, turned, baseline)).toEqual(namedCauses(changes, window, baseline));
  });

  it('names no cause in at least 95 of 100 windows without a fault', () => {
    const named = SEEDS.filter((seed) => causesOf(1000 + seed).causes.length > 0);
    expect(named.length, `seeds ${named}`).toBeLessThanOrEqual(5);
  });

  it('names the true place and kind first in at least 90 of 100 windows with a fault', () => {
    const missed = SEEDS.flatMap((seed) => {
      const { fault, causes } = causesOf(2000 + seed, FAULTS[seed % FAULTS.length]);
      const [first] = causes;
      return isTrue(first, fault)
        ? []
        : [
            `${seed}: ${fault?.kind} in ${fault?.workload}, named ${first?.kind} ${first?.workload} ${first?.peer}`,
          ];
    });
    expect(missed.length, missed.join('\n')).toBeLessThanOrEqual(10);
  });
});
