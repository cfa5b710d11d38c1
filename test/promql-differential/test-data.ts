import { bucketsFrom, createHistogram, type Histogram } from '../../src/promql/histogram.ts';
import type { MemorySample } from '../../src/promql/memory-source.ts';
import { Random } from './random.ts';

export interface TestSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly MemorySample[];
}

/** 2023-11-14T22:13:20Z: where all test data begin, in milliseconds since the epoch. */
export const dataStart = 1_700_000_000_000;

/** Milliseconds between two samples, and samples of a series that has no gaps. */
export const interval = 30_000;
export const sampleCount = 60;

type Observation = Partial<MemorySample>;

/**
 * Series of every kind for two jobs of three instances: counters that are reset, gauges with gaps and stale
 * markers, values that are no numbers, classic and native histograms of all layouts, and series that change
 * from floats to histograms.
 */
export function generateSeries(seed: number): TestSeries[] {
  const random = new Random(seed);
  const all: TestSeries[] = [];
  for (const job of ['api', 'web']) {
    for (const instance of ['0', '1', '2']) {
      const add = (name: string, labels: Record<string, string>, observe: () => Observation): void => {
        const series = { __name__: name, job, instance, ...labels };
        all.push({ labels: series, samples: withGaps(random, observe) });
      };
      addFloats(random, add);
      addClassicHistogram(random, (name, labels, values) => {
        const samples = values.map((value, i) => ({ timestamp: dataStart + i * interval, value }));
        all.push({ labels: { __name__: name, job, instance, ...labels }, samples });
      });
      addNativeHistograms(random, add);
    }
  }
  return all;
}

function withGaps(random: Random, observe: () => Observation): MemorySample[] {
  const samples: MemorySample[] = [];
  for (let i = 0; i < sampleCount; i++) {
    if (random.chance(0.06)) continue;
    const timestamp = dataStart + i * interval;
    samples.push(
      random.chance(0.02) ? { timestamp, value: 0, stale: true } : { timestamp, value: 0, ...observe() },
    );
  }
  return samples;
}

type Add = (name: string, labels: Record<string, string>, observe: () => Observation) => void;

function addFloats(random: Random, add: Add): void {
  let count = random.below(50);
  add('http_requests_total', { code: random.pick(['200', '500']) }, () => {
    if (random.chance(0.04)) count = random.below(5);
    count += random.below(20);
    return { value: count };
  });
  add('temperature', {}, () => ({ value: Math.round(random.next() * 1e5 - 5e4) / 1e3 }));
  if (random.chance(0.7)) {
    add('other', { extra: `e${random.below(2)}` }, () => ({
      value: random.pick([1, 0, -3.5, Number.NaN, Number.POSITIVE_INFINITY, 7, 2e10]),
    }));
  }
  add('target_info', { version: `v${random.below(3)}`, region: 'eu' }, () => ({ value: 1 }));
}

function addClassicHistogram(
  random: Random,
  add: (name: string, labels: Record<string, string>, values: readonly number[]) => void,
): void {
  const bounds = ['0.1', '0.5', '2', '+Inf'];
  const cumulative: number[][] = bounds.map(() => []);
  const buckets = bounds.map(() => 0);
  const sums: number[] = [];
  let sum = 0;
  for (let i = 0; i < sampleCount; i++) {
    let below = 0;
    for (const [b, column] of cumulative.entries()) {
      buckets[b] = (buckets[b] ?? 0) + random.below(4);
      below += buckets[b] ?? 0;
      column.push(below);
    }
    sum += Math.round(random.next() * 1000) / 100;
    sums.push(sum);
  }
  bounds.forEach((le, b) => {
    add('latency_bucket', { le }, cumulative[b] ?? []);
  });
  add('latency_count', {}, cumulative.at(-1) ?? []);
  add('latency_sum', {}, sums);
}

function addNativeHistograms(random: Random, add: Add): void {
  const schema = random.pick([0, 1, 2, -1]);
  let positive = [0, 0, 0, 0];
  let negative = [0, 0];
  let [zeroCount, sum] = [0, 0];
  add('native_total', {}, () => {
    if (random.chance(0.04)) [positive, negative, zeroCount, sum] = [[0, 0, 0, 0], [0, 0], 0, 0];
    positive = positive.map((count) => count + random.below(5));
    negative = negative.map((count) => count + random.below(2));
    zeroCount += random.below(2);
    sum += Math.round(random.next() * 8000) / 1000;
    const parts = { schema, sum, zeroCount, zeroThreshold: 0.001 };
    return { histogram: exponential(parts, -1, positive, 0, negative) };
  });
  add('gauge_hist', {}, () => {
    const counts = [random.below(9), random.below(9), random.below(9)];
    const total = Math.round(random.next() * 2000 - 1000) / 100;
    return {
      histogram: exponential({ schema: random.pick([0, 0, 1]), sum: total, hint: 'gauge' }, 0, counts),
    };
  });
  let custom = [0, 0, 0];
  const customValues = Float64Array.from(
    random.pick([
      [1, 5],
      [1, 5],
      [2, 5],
    ]),
  );
  add('custom_total', {}, () => {
    custom = custom.map((count) => count + random.below(4));
    const buckets = bucketsFrom(0, custom);
    const total = (custom[0] ?? 0) * 2.5;
    return {
      histogram: createHistogram({
        schema: -53,
        customValues,
        count: added(custom),
        sum: total,
        positive: buckets,
      }),
    };
  });
  let count = 0;
  add('mixed', {}, () => {
    if (random.chance(0.5)) {
      count += random.below(9);
      return { value: count };
    }
    return {
      histogram: exponential({ schema: 0, sum: random.below(9) }, 0, [random.below(5), random.below(9)]),
    };
  });
}

function exponential(
  parts: Partial<Histogram>,
  offset: number,
  positive: readonly number[],
  negativeOffset = 0,
  negative: readonly number[] = [],
): Histogram {
  return createHistogram({
    ...parts,
    count: added(positive) + added(negative) + (parts.zeroCount ?? 0),
    positive: bucketsFrom(offset, positive),
    negative: bucketsFrom(negativeOffset, negative),
  });
}

function added(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
