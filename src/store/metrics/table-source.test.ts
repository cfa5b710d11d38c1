import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { encodeMetrics, metricSeries } from '../../../test/support/metrics.ts';
import { startTestEngine, type TestEngine } from '../../../test/support/store.ts';
import type { Matcher } from '../../promql/ast.ts';
import { createHistogram, type Histogram } from '../../promql/histogram.ts';
import { MemorySource } from '../../promql/memory-source.ts';
import { byLabels } from '../../promql/series-set.ts';
import type { RawSeries, SeriesSet } from '../../promql/series-source.ts';
import { InputError } from '../../telemetry/input-error.ts';
import { ClickHouse } from '../clickhouse.ts';
import type { MetricSample } from '../rows/metric-record.ts';
import { metricTableName } from '../schema/metric-tables.ts';
import { openStore, type Store } from '../store.ts';
import { TableSource } from './table-source.ts';

const DAY = 86_400_000;
const noon = Date.UTC(2026, 0, 2, 12);
const hints = { step: 0, range: 0, func: '', maxSamples: 1_000_000, maxSeries: 1_000 };
const { signal } = new AbortController();

let engine: TestEngine;
let store: Store;
let source: TableSource;
let databases = 0;

beforeAll(async () => {
  engine = await startTestEngine();
});
afterAll(() => engine.close());

beforeEach(async () => {
  databases++;
  const { clickhouse } = engine;
  const database = `metrics_${databases}`;
  store = await openStore({ clickhouse, database, retention: 1_000_000_000 });
  source = new TableSource({
    clickhouse,
    series: metricTableName('series', database),
    samples: metricTableName('samples', database),
  });
});

let requests = 0;
/** Stores each list of series as a request. */
async function insert(...batches: readonly (readonly [Record<string, string>, readonly MetricSample[]])[][]) {
  for (const batch of batches) {
    requests++;
    const series = batch.map(([labels, samples]) => metricSeries(labels, samples));
    await store.insertMetrics(encodeMetrics(series), { digest: `request-${requests}` });
  }
}

const bitsOf = (values: Float64Array): string[] =>
  Array.from(new BigUint64Array(values.buffer, values.byteOffset, values.length), (bits) =>
    bits.toString(16),
  );

/**
 * Series in a form that can be compared, in their order; values as bits. The hint of the first histogram depends
 * on what came before the range.
 */
function comparable(series: SeriesSet): unknown {
  const compared = Array.from(series, ({ labels, timestamps, values, histograms, startTimestamps }) => {
    const bits = bitsOf(values);
    return {
      labels: labels.toObject(),
      timestamps: [...timestamps],
      samples: bits.map((value, i) => {
        const histogram = histograms?.[i];
        return histogram && i === 0 ? { ...histogram, hint: undefined } : (histogram ?? value);
      }),
      startTimestamps: bits.map((_, i) => startTimestamps?.[i] ?? 0),
    };
  });
  return byLabels(compared, series);
}

const timesOf = (series: Iterable<RawSeries>): number[][] =>
  Array.from(series, ({ timestamps }) => [...timestamps]);
const named = (name: string): Matcher[] => [{ label: '__name__', op: '=', value: name }];
const samplesAt = (...times: readonly number[]): MetricSample[] =>
  times.map((timestamp) => ({ timestamp, value: timestamp / 1000 }));

async function selected(matchers: readonly Matcher[], from: number, to: number): Promise<unknown> {
  return comparable(await source.select(matchers, { from, to }, hints, signal));
}

describe('series of the tables', () => {
  test('both ends of the range belong to it, on whichever day they are', async () => {
    const midnight = noon + DAY / 2;
    await insert([[{ __name__: 'm', a: '1' }, samplesAt(midnight - 1, midnight, midnight + DAY, noon)]]);
    const timesFrom = async (from: number, to: number) =>
      timesOf(await source.select(named('m'), { from, to }, hints, signal));
    expect(await timesFrom(midnight - 1, midnight)).toEqual([[midnight - 1, midnight]]);
    expect(await timesFrom(noon + 1, midnight - 2)).toEqual([]);
    expect(await timesFrom(midnight, midnight + DAY - 1)).toEqual([[midnight]]);
    expect(await timesFrom(0, 90 * 365 * DAY)).toEqual([[noon, midnight - 1, midnight, midnight + DAY]]);
    expect(await timesFrom(-5, -1)).toEqual([]);
    expect(await timesFrom(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)).toHaveLength(1);
  });

  test('samples that arrive in any order come in order of time', async () => {
    const minute = 60_000;
    const times = Array.from({ length: 300 }, (_, i) => noon + i * minute);
    const every = (part: number) => times.filter((_, i) => i % 3 === part);
    const one = { __name__: 'm' };
    await insert(
      [[one, samplesAt(...every(2))]],
      [[one, samplesAt(...every(0).reverse())]],
      [[one, samplesAt(...every(1))]],
    );
    const [series] = await source.select(named('m'), { from: noon, to: noon + DAY }, hints, signal);
    expect([...(series?.timestamps ?? [])]).toEqual(times);
    expect([...(series?.values ?? [])]).toEqual(times.map((time) => time / 1000));
  });

  test('of samples at the same time the greatest counts, a stale marker least and a histogram most', async () => {
    const small = createHistogram({ count: 1, sum: 9, zeroCount: 1 });
    const large = createHistogram({ count: 2, sum: 1, zeroCount: 2 });
    const sample = (value: number, rest: Partial<MetricSample> = {}): MetricSample => ({
      timestamp: noon,
      value,
      ...rest,
    });
    const cases: [MetricSample, MetricSample, Partial<RawSeries>][] = [
      [sample(1), sample(2), { values: Float64Array.of(2) }],
      [sample(-0), sample(0), { values: Float64Array.of(0) }],
      [sample(Number.NaN), sample(-1), { values: Float64Array.of(-1) }],
      [sample(0, { stale: true }), sample(Number.NaN), { values: Float64Array.of(Number.NaN) }],
      [sample(7), sample(7), { values: Float64Array.of(7) }],
      [
        sample(7, { startTimestamp: 5 }),
        sample(7, { startTimestamp: 6 }),
        { startTimestamps: Float64Array.of(6) },
      ],
      [sample(99), sample(0, { histogram: small }), { histograms: [small] }],
      [sample(0, { histogram: small }), sample(0, { histogram: large }), { histograms: [large] }],
    ];
    for (const [index, [less, greater]] of cases.entries()) {
      await insert([[{ __name__: `a${index}` }, [less]]], [[{ __name__: `a${index}` }, [greater]]]);
      await insert([[{ __name__: `b${index}` }, [greater]]], [[{ __name__: `b${index}` }, [less]]]);
    }
    for (const [index, [, , expected]] of cases.entries()) {
      for (const name of [`a${index}`, `b${index}`]) {
        const found = await source.select(named(name), { from: noon, to: noon }, hints, signal);
        expect(timesOf(found)).toEqual([[noon]]);
        expect([...found]).toMatchObject([expected]);
      }
    }
  });

  test('what comes to a metric that was read before is found', async () => {
    const hour = 3_600_000;
    const one = createHistogram({ count: 1, sum: 9, zeroCount: 1 });
    const a = { __name__: 'm', a: '1' };
    const later: (readonly [Record<string, string>, MetricSample])[] = [
      [
        { __name__: 'm', b: '2' },
        { timestamp: noon, value: 2 },
      ],
      [a, { timestamp: noon + 1, value: 3, startTimestamp: noon - hour }],
      [a, { timestamp: noon + 2, value: 0, histogram: one }],
      [
        { __name__: 'm', a: '1', b: '2' },
        { timestamp: noon, value: 0, histogram: one },
      ],
    ];
    const memory = new MemorySource();
    const inRange = { from: noon - hour, to: noon + hour };
    const selections = [named('m'), [...named('m'), { label: 'a', op: '=', value: '1' } as const]];
    for (const [labels, sample] of [[a, { timestamp: noon, value: 1 }] as const, ...later]) {
      await insert([[labels, [sample]]]);
      memory.add(metricSeries(labels, []).labels, [sample]);
      for (const matchers of selections) {
        const expected = comparable(await memory.select(matchers, inRange));
        expect(await selected(matchers, inRange.from, inRange.to)).toEqual(expected);
      }
    }
  });

  test('what samples have besides a float is found in whichever part of the metric it is', async () => {
    const hour = 3_600_000;
    const labels = { __name__: 'm', a: '1' };
    const samples: MetricSample[] = [
      { timestamp: noon, value: 1 },
      { timestamp: noon + hour, value: 2, startTimestamp: noon },
      {
        timestamp: noon + 2 * hour,
        value: 0,
        histogram: createHistogram({ count: 1, sum: 9, zeroCount: 1 }),
      },
    ];
    const memory = new MemorySource();
    memory.add(metricSeries(labels, []).labels, samples);
    await insert(...samples.map((sample) => [[labels, [sample]] as const]));
    const expected = comparable(await memory.select(named('m'), { from: noon, to: noon + DAY }));
    expect(await selected(named('m'), noon, noon + DAY)).toEqual(expected);
  });

  test('a query of too many samples or series is refused while it reads', async () => {
    await insert(
      Array.from(
        { length: 5 },
        (_, i) => [{ __name__: 'm', i: `${i}` }, samplesAt(noon, noon + 1000)] as const,
      ),
    );
    const range = { from: noon, to: noon + 1000 };
    await expect(source.select(named('m'), range, { ...hints, maxSamples: 9 }, signal)).rejects.toThrow(
      new InputError(
        'The query needs more than 9 samples at once. Select fewer series, a shorter time, or a larger step.',
      ),
    );
    await expect(source.select(named('m'), range, { ...hints, maxSeries: 2 }, signal)).rejects.toThrow(
      new InputError('A selector finds more than 2 series. Add label matchers to select fewer.'),
    );
    expect(
      await source.select(named('m'), range, { ...hints, maxSamples: 10, maxSeries: 5 }, signal),
    ).toMatchObject({ seriesCount: 5, sampleCount: 10 });
  });

  test('limits count what is meant, whatever else its metric holds', async () => {
    const series = Array.from({ length: 5 }, (_, i) => ({ __name__: 'm', i: `${i}` }));
    await insert(series.map((labels) => [labels, samplesAt(noon, noon + 1000)] as const));
    const range = { from: noon, to: noon + 1000 };
    const upTo = (most: number, limits: Partial<typeof hints>) => {
      const matchers = [...named('m'), { label: 'i', op: '=~', value: `[0-${most}]` } as const];
      return source.select(matchers, range, { ...hints, ...limits }, signal);
    };
    // The first question about a metric is answered in another way than those that follow.
    for (let asked = 0; asked < 3; asked++) {
      expect(await upTo(1, { maxSamples: 4, maxSeries: 2 })).toMatchObject({
        seriesCount: 2,
        sampleCount: 4,
      });
      await expect(upTo(2, { maxSamples: 5 })).rejects.toThrow('needs more than 5 samples');
    }
  });

  test('samples in front of the range, which histograms need, count for no limit', async () => {
    const histogram = createHistogram({ count: 1, sum: 9, zeroCount: 1 });
    const times = [-4, -3, -2, -1, 0, 1, 2].map((minute) => noon + minute * 60_000);
    const histograms = times.map((timestamp) => ({ timestamp, value: 0, histogram }));
    await insert([[{ __name__: 'm', a: '1' }, histograms]]);
    const range = { from: noon, to: noon + DAY };
    for (const matchers of [named('m'), [...named('m'), { label: 'a', op: '=', value: '1' } as const]]) {
      for (let asked = 0; asked < 3; asked++) {
        const found = await source.select(matchers, range, { ...hints, maxSamples: 4 }, signal);
        expect(timesOf(found)).toEqual([times.slice(4)]);
      }
    }
  });

  test('a name that is no UTF-8 is none, whatever it would be on its way', async () => {
    await insert([[{ __name__: 'm\ufffd', a: '1' }, samplesAt(noon)]]);
    expect(await selected(named('m\ufffd'), noon, noon)).toHaveLength(1);
    expect(await selected(named('m\udcff'), noon, noon)).toEqual([]);
  });

  test('questions about a metric that are asked at once are answered as one by one', async () => {
    const memory = new MemorySource();
    const range = { from: noon, to: noon + 1_000 };
    for (let round = 0; round < 4; round++) {
      const batch = Array.from(
        { length: 30 },
        (_, i) => [{ __name__: 'm', round: `${round}`, i: `${i}` }, samplesAt(noon, noon + i)] as const,
      );
      await insert(batch);
      for (const [labels, some] of batch) memory.add(metricSeries(labels, []).labels, some);
      const questions = [
        named('m'),
        ...['1.*', '[0-9]', '2|3', '.+'].map((value) => [
          ...named('m'),
          { label: 'i', op: '=~', value } as const,
        ]),
      ];
      const answers = await Promise.all(
        [...questions, ...questions].map((matchers) => source.select(matchers, range, hints, signal)),
      );
      for (const [i, answer] of answers.entries()) {
        const expected = await memory.select(questions[i % questions.length] ?? [], range);
        expect(comparable(answer)).toEqual(comparable(expected));
      }
    }
  });

  test('a few series are found within a limit of rows that the whole metric exceeds', async () => {
    const times = Array.from({ length: 1_000 }, (_, i) => noon + i * 800);
    const series = Array.from({ length: 200 }, (_, i) => ({ __name__: 'm', i: `${i}` }));
    await insert(series.map((labels) => [labels, samplesAt(...times)] as const));
    const { engine: running } = engine;
    const limits = { seconds: 60, memoryBytes: 1_000_000_000, rowsToRead: 60_000 };
    const clickhouse = new ClickHouse({ address: () => running.address, limits });
    const database = `metrics_${databases}`;
    const limited = new TableSource({
      clickhouse,
      series: metricTableName('series', database),
      samples: metricTableName('samples', database),
    });
    const range = { from: noon, to: noon + DAY };
    await expect(limited.select(named('m'), range, hints, signal)).rejects.toThrow('rows');
    for (let asked = 0; asked < 3; asked++) {
      const matchers = [...named('m'), { label: 'i', op: '=', value: '7' } as const];
      expect(timesOf(await limited.select(matchers, range, hints, signal))).toEqual([times]);
    }
    await clickhouse.close();
  });

  test('a pattern that is slow here is left to the store, again and again', async () => {
    const value = 'a'.repeat(60_000);
    await insert([
      [{ __name__: 'm', long: value }, samplesAt(noon)],
      [{ __name__: 'm', long: 'b' }, samplesAt(noon)],
    ]);
    const slow = `${'a*'.repeat(60)}`;
    for (let asked = 0; asked < 3; asked++) {
      expect(await selected([...named('m'), { label: 'long', op: '=~', value: slow }], noon, noon)).toEqual([
        expect.objectContaining({ labels: { __name__: 'm', long: value } }),
      ]);
    }
  });

  test('a few series of a metric are found, however many samples the others have', async () => {
    const times = Array.from({ length: 1_000 }, (_, i) => noon + i * 1_000);
    const series = Array.from({ length: 300 }, (_, i) => ({ __name__: 'm', i: `${i}` }));
    await insert(series.map((labels) => [labels, samplesAt(...times)] as const));
    const matchers = [...named('m'), { label: 'i', op: '=~', value: '7|8.*' } as const];
    const expected = series.filter(({ i }) => i === '7' || i.startsWith('8')).map(({ i }) => i);
    // Few samples in a short range, too many in a long one, and few again.
    for (const seconds of [10, 10, 999, 999, 20]) {
      const range = { from: noon, to: noon + seconds * 1_000 };
      const found = await source.select(matchers, range, hints, signal);
      const read = Array.from(found, ({ labels, timestamps }) => [labels.get('i'), timestamps.length]);
      expect(byLabels(read, found)).toEqual(expected.sort().map((i) => [i, seconds + 1]));
    }
  });

  test('an aborted query ends with the reason', async () => {
    const reason = new Error('no longer wanted');
    await expect(
      source.select(named('m'), { from: 0, to: noon }, hints, AbortSignal.abort(reason)),
    ).rejects.toBe(reason);
  });
});

const text = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      '',
      'a',
      'ab',
      'b.c',
      'ns-1',
      'ns-12',
      'x\ny',
      'é',
      "it's\\",
      '\u{1F600}',
      'ſ',
      'K',
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 4 }) },
);
const labelName = fc.constantFrom('a', 'b', 'namespace', 'ü', "o'k");
const labelSet = fc
  .tuple(fc.constantFrom('m', 'm_total', 'other:m'), fc.dictionary(labelName, text, { maxKeys: 3 }))
  .map(([name, labels]) => ({ ...labels, __name__: name }));
const pattern = fc.oneof(
  fc.constantFrom(
    '',
    '.*',
    '.+',
    'a|b',
    'a.*',
    '.*b',
    'b\\.c',
    'ns-[0-9]',
    'ns-\\d+',
    '(?i)AB',
    'a?',
    '(a|ns-1)2?',
    'x.y',
    '[^a]+',
    '[]a]',
    'é+',
    '\\pL+',
    'a{1,2}',
    '|a',
    'm.*',
    '(?i)K',
    '(?:a|b)*',
    'ns-[0-9a-]+',
    'é.?',
    '[a-b]*',
  ),
  text.map((value) => value.replaceAll(/[\\.+*?()|[\]{}^$]/g, '\\$&')),
);
const matcher: fc.Arbitrary<Matcher> = fc.oneof(
  fc.record({
    label: fc.oneof(labelName, fc.constantFrom('__name__', 'none', '\ud800')),
    op: fc.constantFrom('=', '!='),
    value: fc.oneof(text, fc.constantFrom('m', '\ud800')),
  }),
  fc.record({
    label: fc.oneof(labelName, fc.constantFrom('__name__', 'none')),
    op: fc.constantFrom('=~', '!~'),
    value: pattern,
  }),
);

const histogram: fc.Arbitrary<Histogram> = fc
  .nat(5)
  .map((count) => createHistogram({ count, sum: count / 2, zeroCount: count }));
const sampleAt = (timestamp: number): fc.Arbitrary<MetricSample> =>
  fc.oneof(
    fc.double().map((value) => ({ timestamp, value })),
    fc.constant({ timestamp, value: 0, stale: true }),
    fc.record({ timestamp: fc.constant(timestamp), value: fc.constant(1), startTimestamp: fc.nat(1000) }),
    histogram.map((one) => ({ timestamp, value: 0, histogram: one })),
  );
const floatAt = (timestamp: number): fc.Arbitrary<MetricSample> =>
  fc.double().map((value) => ({ timestamp, value }));
const samplesOf = (sample: typeof sampleAt) =>
  fc
    .uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 5 })
    .chain((hours) => fc.tuple(...hours.map((hour) => sample(noon + hour * 3_600_000))));

test.each([
  ['floats', samplesOf(floatAt)],
  ['samples of all kinds', samplesOf(sampleAt)],
])('finds of %s what a source in memory finds', async (_, samples) => {
  const memory = new MemorySource();
  const sets = fc.sample(labelSet, { numRuns: 300, seed: 7 });
  const known = new Map(sets.map((labels) => [metricSeries(labels, []).labels.key, labels]));
  const batch = [...known.values()].map(
    (labels, i) => [labels, fc.sample(samples, { numRuns: 1, seed: i })[0] ?? []] as const,
  );
  for (const [labels, some] of batch) memory.add(metricSeries(labels, []).labels, some);
  await insert(
    batch.slice(0, 100).map((one) => [...one] as const),
    batch.slice(100).map((one) => [...one] as const),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(matcher, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: -60, max: 60 }),
      fc.nat(120),
      async (matchers, first, length) => {
        const from = noon + first * 3_600_000;
        const to = from + length * 3_600_000;
        expect(await selected(matchers, from, to)).toEqual(
          comparable(await memory.select(matchers, { from, to })),
        );
      },
    ),
    { numRuns: 150 },
  );
});
