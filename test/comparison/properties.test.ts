import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Aggregates } from '../../src/telemetry/comparison/aggregates.ts';
import { namedCauses } from '../../src/telemetry/comparison/causes.ts';
import { compareWindows } from '../../src/telemetry/comparison/compare.ts';
import { untoldOf } from '../../src/telemetry/comparison/untold.ts';
import { anyAggregates } from './any-aggregates.ts';
import { FAULTS, windowsOf } from './seeded-windows.ts';

type Histograms = readonly ReadonlyMap<number, number>[];

/** Everything in reverse. */
const turned = (all: Aggregates): Aggregates => ({
  stretches: all.stretches,
  operations: all.operations.toReversed(),
  calls: all.calls.toReversed(),
  unserved: all.unserved.toReversed(),
  patterns: all.patterns.toReversed(),
  lines: all.lines.toReversed(),
  metrics: all.metrics.toReversed(),
  pods: all.pods.toReversed(),
});

/** All times longer by a number of buckets, all metrics by a factor. */
function scaled(all: Aggregates, buckets: number, factor: number): Aggregates {
  const longer = (histograms: Histograms) =>
    histograms.map((each) => new Map([...each].map(([bucket, count]) => [bucket + buckets, count])));
  return {
    ...all,
    operations: all.operations.map((each) => ({
      ...each,
      duration: longer(each.duration),
      own: longer(each.own),
    })),
    calls: all.calls.map((each) => ({ ...each, gap: longer(each.gap) })),
    unserved: all.unserved.map((each) => ({ ...each, duration: longer(each.duration) })),
    metrics: all.metrics.map((each) =>
      each.kind === 'gauge'
        ? { ...each, samples: each.samples.map(([at, value]) => [at, value * factor] as const) }
        : each,
    ),
  };
}

/** The same telemetry twice, one after the other. */
function twice(all: Aggregates): Aggregates {
  const again = <T>(list: readonly T[]) => [...list, ...list];
  return {
    stretches: 2 * all.stretches,
    operations: all.operations.map((each) => ({
      ...each,
      requests: again(each.requests),
      failed: again(each.failed),
      duration: again(each.duration),
      own: again(each.own),
    })),
    calls: all.calls.map((each) => ({ ...each, calls: again(each.calls), gap: again(each.gap) })),
    unserved: all.unserved.map((each) => ({
      ...each,
      calls: again(each.calls),
      failed: again(each.failed),
      duration: again(each.duration),
    })),
    patterns: all.patterns.map((each) => ({ ...each, requests: again(each.requests) })),
    lines: all.lines.map((each) => ({ ...each, lines: again(each.lines) })),
    metrics: all.metrics.map((each) =>
      each.kind === 'gauge'
        ? { ...each, samples: again(each.samples) }
        : { ...each, samples: again(each.samples) },
    ),
    pods: all.pods.map((each) => ({ ...each, records: again(each.records) })),
  };
}

describe('compareWindows', () => {
  it('finds nothing between any window and itself, nor beside the same one twice', () => {
    fc.assert(
      fc.property(anyAggregates, (window) => {
        expect(compareWindows(window, window)).toEqual([]);
        expect(compareWindows(twice(window), window)).toEqual([]);
        expect(compareWindows(window, twice(window))).toEqual([]);
      }),
      { numRuns: 25, seed: 1 },
    );
  });

  it('does not depend on the order in which things are given', () => {
    fc.assert(
      fc.property(anyAggregates, anyAggregates, (baseline, window) => {
        const changes = compareWindows(baseline, window);
        expect(compareWindows(turned(baseline), turned(window))).toEqual(changes);
        const causes = namedCauses(changes, window, baseline);
        expect(namedCauses(changes, turned(window), turned(baseline))).toEqual(causes);
        expect(untoldOf(turned(baseline), turned(window), changes, causes)).toEqual(
          untoldOf(baseline, window, changes, causes),
        );
      }),
      { numRuns: 25, seed: 1 },
    );
  });

  it('gives onsets within the window, chances and strengths from 0 to 1, and numbers', () => {
    fc.assert(
      fc.property(anyAggregates, anyAggregates, (baseline, window) => {
        const changes = compareWindows(baseline, window);
        for (const { onset, test, before, after } of changes) {
          expect(onset).toBeGreaterThanOrEqual(0);
          expect(onset).toBeLessThan(window.stretches);
          for (const chance of [test.p, test.strength]) {
            expect(chance).toBeGreaterThanOrEqual(0);
            expect(chance).toBeLessThanOrEqual(1);
          }
          expect(Number.isFinite(before) && Number.isFinite(after)).toBe(true);
        }
        for (const { score } of namedCauses(changes, window, baseline)) {
          expect(score).toBeGreaterThan(0);
          expect(score).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 25, seed: 1 },
    );
  });

  it.each(FAULTS)('finds the same where times and metrics have other units: %s', (kind) => {
    const { baseline, window } = windowsOf(11, kind);
    const found = (changes: ReturnType<typeof compareWindows>) =>
      changes.map((each) => [each.kind, each.workload, each.peer, each.subject, each.onset]);
    const changes = compareWindows(baseline, window);
    // 1.02 to the 233rd is 100.9.
    const others = compareWindows(scaled(baseline, 233, 1000), scaled(window, 233, 1000));
    expect(changes).not.toEqual([]);
    expect(found(others)).toEqual(found(changes));
    const ranked = (all: typeof changes) =>
      namedCauses(all, window, baseline).map((cause) => [cause.kind, cause.workload, cause.peer]);
    expect(ranked(others)).toEqual(ranked(changes));
  });
});
