import { describe, expect, test } from 'vitest';
import { type BodyShape, findPatterns, type SeenRows } from '../../src/telemetry/log-pattern/log-patterns.ts';
import { Draws, randomOf } from './random.ts';

/** Rows by bucket of a pattern that comes so often in the mean. */
type Flow = (draws: Draws, buckets: number, mean: number) => number[];

const countOf = (draws: Draws, mean: number): number => {
  // Knuth's way to draw from Poisson's distribution, in parts as e to the −mean must not vanish.
  let count = 0;
  for (let left = mean; left > 0; left -= 500) {
    const least = Math.exp(-Math.min(left, 500));
    for (let product = draws.uniform(); product > least; product *= draws.uniform()) count++;
  }
  return count;
};

const flows: Readonly<Record<'even' | 'bursts' | 'waves' | 'dump', Flow>> = {
  even: (draws, buckets, mean) => Array.from({ length: buckets }, () => countOf(draws, mean)),
  /** Some ten lines at a time. */
  bursts: (draws, buckets, mean) =>
    Array.from({ length: buckets }, () => {
      const bursts = Array.from({ length: countOf(draws, mean / 10) }, () => draws.exponential(10));
      return Math.round(bursts.reduce((all, one) => all + one, 0));
    }),
  /** Load that rises and falls over some five buckets. */
  waves: (draws, buckets, mean) => {
    let level = draws.normal();
    return Array.from({ length: buckets }, () => {
      level = 0.8 * level + 0.6 * draws.normal();
      return countOf(draws, mean * Math.exp(0.4 * level - 0.08));
    });
  },
  /** A stack trace, once. */
  dump: (draws, buckets, mean) => {
    const at = Math.floor(draws.uniform() * buckets);
    return Array.from({ length: buckets }, (_, i) => (i === at ? Math.ceil(40 * mean) : 0));
  },
};

const seen = (counts: readonly number[]): SeenRows => ({
  rows: counts.reduce((all, count) => all + count, 0),
  first: 1n,
  last: 2n,
  buckets: new Map(counts.flatMap((count, i) => (count === 0 ? [] : [[i, count] as const]))),
});

const shape = (name: string, window: readonly number[], baseline: readonly number[]): BodyShape => ({
  masked: name,
  example: name,
  exampleRest: 0,
  window: seen(window),
  baseline: seen(baseline),
  levels: new Map(),
  workloads: new Map(),
});

/** A window against a baseline, in buckets of a minute; the names of patterns whose change is significant. */
function changed(shapes: readonly BodyShape[], window: number, baseline: number): string[] {
  const patterns = findPatterns(shapes, { window: window * 60, baseline: baseline * 60, bucket: 60 });
  return patterns.filter(({ change }) => change?.significant).map(({ template }) => template);
}

const means = [0.05, 0.3, 1, 5, 50];
const lengths = [
  [30, 30],
  [30, 90],
  [30, 10],
  [12, 300],
] as const;
const SEEDS = Array.from({ length: 25 }, (_, seed) => seed);

/** Of each mean a pattern that flows the same in both windows, but a dump in the second alone. */
function unchanged(draws: Draws, kind: keyof typeof flows, [window, baseline]: readonly [number, number]) {
  return means.map((mean, i) =>
    shape(
      `${kind}${'x'.repeat(i)}`,
      flows[kind](draws, window, mean),
      kind === 'dump' ? [] : flows[kind](draws, baseline, mean),
    ),
  );
}

describe('patterns of windows that differ by chance', () => {
  test.each([
    ['even', 0],
    ['bursts', 0],
    ['dump', 0],
    ['waves', 12],
  ] as const)('are taken for changes hardly ever: %s', (kind, most) => {
    const found = lengths.flatMap((length) =>
      SEEDS.flatMap((seed) => {
        const shapes = unchanged(new Draws(randomOf(seed)), kind, length);
        return changed(shapes, length[0], length[1]);
      }),
    );
    // Of 500 comparisons.
    expect(found.length).toBeLessThanOrEqual(most);
  });
});

test('what begins, ends or grows within a window is found', () => {
  const missed = lengths.flatMap(([window, baseline]) =>
    SEEDS.flatMap((seed) => {
      const draws = new Draws(randomOf(100 + seed));
      const even = (buckets: number, mean: number) => flows.even(draws, buckets, mean);
      const half = Math.floor(window / 2);
      const shapes = [
        ...unchanged(draws, 'even', [window, baseline]),
        shape('new', even(window, 1), []),
        shape('begun', [...even(half, 0), ...even(window - half, 2)], []),
        shape('gone', [], even(baseline, 5)),
        shape('grown', [...even(half, 5), ...even(window - half, 20)], even(baseline, 5)),
      ];
      const found = changed(shapes, window, baseline);
      return ['new', 'begun', 'gone', 'grown'].filter((name) => !found.includes(name));
    }),
  );
  // Of 400.
  expect(missed.length, missed.join()).toBeLessThanOrEqual(13);
});
