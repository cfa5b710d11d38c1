import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  bitsOf,
  encodeMetrics,
  metricSeries,
  noMetadata,
  readSamples,
  readSeries,
} from '../../../test/support/metrics.ts';
import { startTestEngine, type TestEngine } from '../../../test/support/store.ts';
import { bucketsFrom, CUSTOM_BUCKETS_SCHEMA, createHistogram } from '../../promql/histogram.ts';
import { decodeHistogram, encodeHistogram } from '../rows/histogram-bytes.ts';
import type { MetricMetadata, MetricSeries } from '../rows/metric-record.ts';
import type { EncodedMetrics } from '../rows/metric-rows.ts';
import { metricTableName } from '../schema/metric-tables.ts';
import { sql } from '../sql/sql.ts';
import { openStore, type Store } from '../store.ts';
import { StoreError } from '../store-error.ts';
import { MetricWriter } from './metric-writer.ts';

let engine: TestEngine;
let database: string;
let store: Store;
let databases = 0;

beforeAll(async () => {
  engine = await startTestEngine();
});
afterAll(() => engine?.close());

beforeEach(async () => {
  databases += 1;
  database = `metrics${databases}`;
  store = await openStore({ clickhouse: engine.clickhouse, database, retention: 1e9 });
});

const day = 86_400_000;
const midnight = Date.UTC(2026, 0, 2);
const counter: MetricMetadata = { type: 'counter', unit: '', help: 'Requests.' };
const shop = { __name__: 'requests_total', namespace: 'shop', pod: 'web-1' };

const seriesIn = () => readSeries(engine.clickhouse, database);
const samplesIn = () => readSamples(engine.clickhouse, database);
const rowsIn = async (table: 'series' | 'samples'): Promise<number> => {
  const counted = await engine.clickhouse.rows(
    sql`SELECT count() FROM ${metricTableName(table, database)}`,
    z.tuple([z.coerce.number()]),
  );
  return counted[0]?.[0] ?? Number.NaN;
};

/** The first 8 bytes, big-endian, of the SHA-256 of name and labels as RowBinary has them; texts up to 127 bytes. */
function idOf(name: string, labels: readonly (readonly [string, string])[]): string {
  const text = (value: string): Buffer =>
    Buffer.concat([Buffer.of(Buffer.byteLength(value)), Buffer.from(value)]);
  const parts = [text(name), Buffer.of(labels.length), ...labels.flat().map(text)];
  return createHash('sha256').update(Buffer.concat(parts)).digest().readBigUInt64BE(0).toString();
}

describe('a request', () => {
  test('is stored as it came: series by day, samples by id', async () => {
    const native = createHistogram({ schema: 3, count: 5, sum: 12.5, positive: bucketsFrom(-2, [2, 3]) });
    await store.insertMetrics(
      encodeMetrics([
        metricSeries(
          shop,
          [
            { timestamp: midnight + 1, value: 1.5, startTimestamp: midnight - 7 },
            { timestamp: midnight - 1, value: -0 },
          ],
          { metadata: counter },
        ),
        metricSeries({ __name__: 'up' }, [
          { timestamp: midnight, value: Number.NaN },
          { timestamp: midnight + 1, value: Number.NEGATIVE_INFINITY },
          { timestamp: midnight + 2, value: 0, stale: true },
        ]),
        metricSeries({ __name__: 'wait', 'a.b': 'é💶', z: '"' }, [
          { timestamp: midnight, value: 0, histogram: native },
          { timestamp: midnight + 1, value: 7 },
          { timestamp: midnight + 2, value: 0, stale: true, histogram: native },
        ]),
        metricSeries({ __name__: 'nothing' }, []),
      ]),
      { digest: 'a' },
    );
    const requests = idOf('requests_total', [
      ['namespace', 'shop'],
      ['pod', 'web-1'],
    ]);
    const up = idOf('up', []);
    const wait = idOf('wait', [
      ['a.b', 'é💶'],
      ['z', '"'],
    ]);
    const labels = { namespace: 'shop', pod: 'web-1' };
    const known = ['counter', '', 'Requests.'];
    const bare = { known: ['', '', ''], day: '2026-01-02' };
    expect(await seriesIn()).toEqual([
      { name: 'requests_total', labels, id: requests, day: '2026-01-01', known, histograms: 0, starts: 1 },
      { name: 'requests_total', labels, id: requests, day: '2026-01-02', known, histograms: 0, starts: 1 },
      { name: 'up', labels: {}, id: up, ...bare, histograms: 0, starts: 0 },
      { name: 'wait', labels: { 'a.b': 'é💶', z: '"' }, id: wait, ...bare, histograms: 1, starts: 0 },
    ]);
    const float = { start: 0, histogram: '' };
    const stale = { ...float, bits: '7ff0000000000002' };
    const bytes = Buffer.from(encodeHistogram(native)).toString('hex');
    const samples = await samplesIn();
    expect(samples.filter(({ name }) => name === 'requests_total')).toEqual([
      { name: 'requests_total', id: requests, time: midnight - 1, bits: bitsOf(-0), ...float },
      {
        name: 'requests_total',
        id: requests,
        time: midnight + 1,
        bits: bitsOf(1.5),
        start: midnight - 7,
        histogram: '',
      },
    ]);
    expect(samples.filter(({ name }) => name === 'up')).toEqual([
      { name: 'up', id: up, time: midnight, bits: bitsOf(Number.NaN), ...float },
      { name: 'up', id: up, time: midnight + 1, bits: bitsOf(Number.NEGATIVE_INFINITY), ...float },
      { name: 'up', id: up, time: midnight + 2, ...stale },
    ]);
    expect(samples.filter(({ name }) => name === 'wait')).toEqual([
      { name: 'wait', id: wait, time: midnight, bits: bitsOf(5), start: 0, histogram: bytes },
      { name: 'wait', id: wait, time: midnight + 1, bits: bitsOf(7), ...float },
      { name: 'wait', id: wait, time: midnight + 2, ...stale },
    ]);
  });

  test('that is sent again is stored once', async () => {
    const encode = () =>
      encodeMetrics([
        metricSeries(
          shop,
          [0, 1, day].map((at) => ({ timestamp: midnight + at, value: at })),
        ),
      ]);
    await store.insertMetrics(encode(), { digest: 'a' });
    await store.insertMetrics(encode(), { digest: 'a' });
    // Another server, which knows nothing of it.
    const other = await openStore({ clickhouse: engine.clickhouse, database, retention: 1e9 });
    await other.insertMetrics(encode(), { digest: 'a' });
    expect(await samplesIn()).toHaveLength(3);
    expect(await seriesIn()).toHaveLength(2);
  });

  test('of 100,000 label sets is stored whole', async () => {
    function* many(): Generator<MetricSeries> {
      for (let i = 0; i < 100_000; i++) {
        yield metricSeries({ __name__: `m${i % 7}`, pod: `pod-${i}` }, [{ timestamp: midnight, value: i }]);
      }
    }
    await store.insertMetrics(encodeMetrics(many()), { digest: 'a' });
    const counted = await engine.clickhouse.rows(
      sql`SELECT count(), uniqExact(Id), sum(Value), (SELECT uniqExact(Labels['pod']) FROM ${metricTableName('series', database)}) FROM ${metricTableName('samples', database)} WHERE Id IN (SELECT Id FROM ${metricTableName('series', database)})`,
      z.tuple([z.coerce.number(), z.coerce.number(), z.number(), z.coerce.number()]),
    );
    expect(counted).toEqual([[100_000, 100_000, (99_999 * 100_000) / 2, 100_000]]);
  });

  test('of 400 days is stored whole', async () => {
    const samples = Array.from({ length: 800 }, (_, i) => ({
      timestamp: midnight + (i % 400) * day + i,
      value: i,
    }));
    await store.insertMetrics(encodeMetrics([metricSeries(shop, samples)]), { digest: 'a' });
    expect((await samplesIn()).map(({ bits }) => bits).sort()).toEqual(
      samples.map(({ value }) => bitsOf(value)).sort(),
    );
    expect(new Set((await seriesIn()).map((row) => row.day)).size).toBe(400);
  });

  test('keeps histograms of every schema', async () => {
    const histograms = [CUSTOM_BUCKETS_SCHEMA, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8].map((schema, i) =>
      createHistogram({
        schema,
        hint: i % 2 === 0 ? 'gauge' : 'unknown',
        zeroThreshold: 2 ** -128,
        count: 6 + i / 2,
        sum: Number.NaN,
        positive: bucketsFrom(0, [1, i / 2]),
        negative: schema === CUSTOM_BUCKETS_SCHEMA ? bucketsFrom(0, []) : bucketsFrom(-9, [5]),
        customValues: Float64Array.from(schema === CUSTOM_BUCKETS_SCHEMA ? [0.1] : []),
      }),
    );
    const samples = histograms.map((histogram, i) => ({ timestamp: midnight + i, value: 0, histogram }));
    await store.insertMetrics(encodeMetrics([metricSeries(shop, samples)]), { digest: 'a' });
    const stored = await samplesIn();
    expect(stored.map(({ histogram }) => decodeHistogram(Buffer.from(histogram, 'hex')))).toEqual(histograms);
    // So that the greater of two at one time is found without decoding them.
    expect(stored.map(({ bits }) => bits)).toEqual(histograms.map(({ count }) => bitsOf(count)));
  });
});

describe('what is known of a metric', () => {
  const insert = (metadata: MetricMetadata, digest: string) =>
    store.insertMetrics(
      encodeMetrics([metricSeries(shop, [{ timestamp: midnight, value: 1 }], { metadata })]),
      { digest },
    );
  const known = async () => (await seriesIn()).map((row) => row.known);

  test('stays when a later sender knows less', async () => {
    await insert(counter, 'a');
    await insert(noMetadata, 'b');
    expect(await known()).toEqual([['counter', '', 'Requests.']]);
  });

  test('is added when a later sender knows more', async () => {
    await insert(noMetadata, 'a');
    await insert({ ...counter, unit: 'requests' }, 'b');
    expect(await known()).toEqual([['counter', 'requests', 'Requests.']]);
  });

  test('is put in from what was said of its family, by senders with the same limits alone', async () => {
    const histogram = { family: 'wait', type: 'histogram', unit: 'seconds', help: 'Waited.' } as const;
    const gauge = { family: 'temperature', type: 'gauge', unit: '', help: 'Böse "Zeichen"' } as const;
    const names = ['wait', 'wait_bucket', 'wait_sum', 'wait_count', 'wait_total', 'temperature_sum'];
    const all = (cluster: string) =>
      encodeMetrics(
        [...names, 'temperature'].map((name) =>
          metricSeries({ __name__: name, cluster }, [{ timestamp: midnight, value: 1 }]),
        ),
      );
    const limits = { clusters: ['a', 'b'], namespaces: ['x'] };
    // Before anything was said, so that the rows have to be written again.
    await store.insertMetrics(all('a'), { digest: '1', limits });
    await store.insertMetrics(encodeMetrics([], [histogram, gauge]), { digest: '2', limits });
    await store.insertMetrics(all('a'), {
      digest: '3',
      limits: { namespaces: ['x'], clusters: ['b', 'a'] },
    });
    await store.insertMetrics(all('unlimited'), { digest: '4' });
    await store.insertMetrics(all('other'), { digest: '5', limits: { clusters: ['a'], namespaces: ['x'] } });
    const rows = (await seriesIn()).filter((row) => row.known.join('') !== '');
    const waited = ['histogram', 'seconds', 'Waited.'];
    expect(Object.fromEntries(rows.map((row) => [row.name, row.known]))).toEqual({
      temperature: ['gauge', '', 'Böse "Zeichen"'],
      wait: waited,
      wait_bucket: waited,
      wait_count: waited,
      wait_sum: waited,
    });
    expect(new Set(rows.map((row) => row.labels.cluster))).toEqual(new Set(['a']));
  });
});

describe('rows that are stored', () => {
  /** A writer whose inserts are counted, and fail where the test says. */
  function writer({
    fail = () => false,
    now = () => 0,
  }: {
    fail?: (table: string) => unknown;
    now?: () => number;
  }) {
    const inserted: Record<string, number> = { series: 0, samples: 0 };
    const metricWriter = new MetricWriter({
      async insert(table, block, options) {
        const failure = fail(table);
        if (failure instanceof Error) throw failure;
        await engine.clickhouse.insert(metricTableName(table, database), block, options);
        inserted[table] = (inserted[table] ?? 0) + block.rows;
      },
      now,
    });
    return { inserted, metricWriter };
  }
  const twoSeries = (at: number): EncodedMetrics =>
    encodeMetrics([
      metricSeries(shop, [{ timestamp: midnight + at, value: at }]),
      metricSeries({ ...shop, pod: 'web-2' }, [{ timestamp: midnight + at, value: at }]),
    ]);

  test('are not sent again until a day has passed', async () => {
    let now = midnight;
    const { inserted, metricWriter } = writer({ now: () => now });
    for (let i = 0; i < 5; i++) await metricWriter.insert(twoSeries(i), { digest: `a${i}` });
    expect(inserted).toEqual({ series: 2, samples: 10 });
    now += day;
    await metricWriter.insert(twoSeries(6), { digest: 'b' });
    expect(inserted).toEqual({ series: 4, samples: 12 });
    await metricWriter.insert(twoSeries(day), { digest: 'c' });
    expect(inserted).toEqual({ series: 6, samples: 14 });
    expect(await rowsIn('samples')).toBe(14);
    expect(await seriesIn()).toHaveLength(4);
  });

  test('are known again after a week without requests', async () => {
    let now = midnight;
    const { inserted, metricWriter } = writer({ now: () => now });
    await metricWriter.insert(twoSeries(0), { digest: 'a' });
    now += 7 * day;
    await metricWriter.insert(twoSeries(1), { digest: 'b' });
    await metricWriter.insert(twoSeries(2), { digest: 'c' });
    expect(inserted.series).toBe(4);
  });

  test('are sent again where the store may have lost them', async () => {
    let failure: unknown;
    const { inserted, metricWriter } = writer({ fail: () => failure });
    await metricWriter.insert(twoSeries(0), { digest: 'a' });
    for (const [kind, rows] of [
      ['busy', 2],
      ['unavailable', 4],
    ] as const) {
      failure = new StoreError(kind, 'gone');
      await expect(metricWriter.insert(twoSeries(1), { digest: kind })).rejects.toBe(failure);
      failure = undefined;
      await metricWriter.insert(twoSeries(1), { digest: kind });
      expect(inserted.series).toBe(rows);
    }
  });

  test('are whole when a first try ended between series and samples', async () => {
    let failures = 1;
    const { metricWriter } = writer({
      fail: (table) =>
        table === 'samples' && failures-- > 0 ? new StoreError('unavailable', 'gone') : undefined,
    });
    await expect(metricWriter.insert(twoSeries(0), { digest: 'a' })).rejects.toThrow('gone');
    expect([await seriesIn(), await samplesIn()]).toMatchObject([{ length: 2 }, { length: 0 }]);
    await metricWriter.insert(twoSeries(0), { digest: 'a' });
    await metricWriter.insert(twoSeries(0), { digest: 'a' });
    expect([await seriesIn(), await samplesIn()]).toMatchObject([{ length: 2 }, { length: 2 }]);
  });

  test('are complete after requests that overlapped, whichever failed', async () => {
    let calls = 0;
    const { metricWriter } = writer({
      fail: () => (calls++ % 3 === 0 ? new StoreError('unavailable', 'gone') : undefined),
    });
    const send = async (i: number): Promise<void> => {
      for (;;) {
        try {
          await metricWriter.insert(twoSeries(i), { digest: `a${i}` });
          return;
        } catch (error) {
          expect(error).toMatchObject({ kind: 'unavailable' });
        }
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, i) => send(i)));
    expect([await seriesIn(), await samplesIn()]).toMatchObject([{ length: 2 }, { length: 16 }]);
  });
});

test('deltas are stored as what they come to, with the start of the first, once', async () => {
  const request = (from: number, value: number) =>
    encodeMetrics([
      metricSeries(shop, [{ timestamp: from + 60_000, startTimestamp: from, value }], {
        delta: true,
        metadata: counter,
      }),
      metricSeries({ __name__: 'up' }, [{ timestamp: from, value: 1 }]),
    ]);
  const insert = (from: number, value: number) =>
    store.insertMetrics(request(from, value), { digest: `${from}` });
  expect(await insert(midnight, 3)).toEqual({ duplicates: 0 });
  expect(await insert(midnight + 60_000, 4)).toEqual({ duplicates: 0 });
  expect(await insert(midnight, 3)).toEqual({ duplicates: 1 });
  // After a gap.
  expect(await insert(midnight + 300_000, 0.5)).toEqual({ duplicates: 0 });
  const samples = await samplesIn();
  expect(
    samples
      .filter(({ name }) => name === 'requests_total')
      .map(({ time, bits, start }) => [time, bits, start]),
  ).toEqual([
    [midnight + 60_000, bitsOf(3), midnight],
    [midnight + 120_000, bitsOf(7), midnight],
    [midnight + 360_000, bitsOf(7.5), midnight],
  ]);
  expect(samples.filter(({ name }) => name === 'up')).toHaveLength(3);
  expect((await seriesIn()).map(({ name, starts }) => [name, starts])).toEqual([
    ['requests_total', 1],
    ['up', 0],
  ]);
});

test('samples go a retention after the later of their time and their arrival, and series a day after them', async () => {
  database = 'ageing';
  await openStore({ clickhouse: engine.clickhouse, database, retention: 10 * 86_400 });
  for (const [name, age, arrivedBefore] of [
    ['both gone', 400, 12],
    ['series kept', 401, 10.5],
    ['both kept', 402, 9],
    ['both kept by time', 5, 12],
  ] as const) {
    const at = sql`now() - ${age * 86_400}`;
    const arrival = sql`now() - ${arrivedBefore * 86_400}`;
    await engine.clickhouse.run(
      sql`INSERT INTO ${metricTableName('samples', database)} (MetricName, Timestamp, IngestedAt) SELECT ${name}, ${at}, ${arrival}`,
    );
    await engine.clickhouse.run(
      sql`INSERT INTO ${metricTableName('series', database)} (MetricName, Day, IngestedAt) SELECT ${name}, toDate(${at}), ${arrival}`,
    );
  }
  for (const table of ['series', 'samples'] as const) {
    await engine.clickhouse.run(sql`OPTIMIZE TABLE ${metricTableName(table, database)} FINAL`);
  }
  const names = (rows: readonly { readonly name: string }[]) => rows.map(({ name }) => name);
  expect(names(await samplesIn())).toEqual(['both kept', 'both kept by time']);
  expect(names(await seriesIn())).toEqual(['both kept', 'both kept by time', 'series kept']);
});
