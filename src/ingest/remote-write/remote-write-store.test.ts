import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newYearMilliseconds as now } from '../../../test/ingest/otlp-messages.ts';
import { headersV1, headersV2, RemoteWriteEndpoint } from '../../../test/ingest/remote-write-endpoint.ts';
import { bodyOf, requestV2, seriesV1, stale } from '../../../test/ingest/remote-write-messages.ts';
import { bitsOf, readSamples, readSeries } from '../../../test/support/metrics.ts';
import { startTestEngine, type TestEngine } from '../../../test/support/store.ts';
import { decodeHistogram } from '../../store/rows/histogram-bytes.ts';
import { openStore, type Store } from '../../store/store.ts';

const endpoint = new RemoteWriteEndpoint();
let engine: TestEngine;
let store: Store;
let database: string;
let databases = 0;

beforeAll(async () => {
  engine = await startTestEngine();
});
afterAll(() => engine?.close());

beforeEach(async () => {
  databases += 1;
  database = `remote_write_${databases}`;
  store = await openStore({ clickhouse: engine.clickhouse, database, retention: 1e9 });
  await endpoint.serve({ sink: store, now: () => Date.UTC(2026, 10, 24) });
});

const recorded = (name: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(readFileSync(new URL(`../../../test/ingest/recorded/${name}.snappy`, import.meta.url)));
const samplesIn = () => readSamples(engine.clickhouse, database);
const seriesIn = () => readSeries(engine.clickhouse, database);
const staleBits = '7ff0000000000002';

test('what Prometheus sends in version 1 is stored, and once when it is sent again', async () => {
  for (const name of ['v1-metadata', 'v1-series', 'v1-series']) {
    expect((await endpoint.post(recorded(name), headersV1)).status).toBe(204);
  }
  const samples = await samplesIn();
  expect(samples.length).toBe(26);
  expect(samples.filter(({ bits }) => bits === staleBits).length).toBe(9);
  const histograms = samples.filter(({ histogram }) => histogram !== '');
  expect(histograms.length).toBe(6);
  const balance = histograms.find(({ name }) => name === 'shop_balance_euros')?.histogram ?? '';
  expect(decodeHistogram(Buffer.from(balance, 'hex'))).toMatchObject({
    schema: 1,
    count: 691,
    sum: -458.9455143981819,
    zeroCount: 8,
    zeroThreshold: 0.5,
  });
  const known = new Map((await seriesIn()).map(({ name, known }) => [name, known]));
  expect(known.get('shop_orders_total')).toEqual(['counter', '', 'Orders, by "kind" — größer.']);
  expect(known.get('shop_balance_euros')).toEqual(['histogram', '', 'Balance.']);
  expect(known.get('up')).toEqual(['', '', '']);
});

test('what Prometheus sends in version 2 is stored, with start timestamps', async () => {
  const answer = await endpoint.post(recorded('v2-series'), headersV2);
  expect(answer).toMatchObject({ status: 204, written: ['20', '8', '0'] });
  const samples = await samplesIn();
  expect(samples.length).toBe(28);
  // Those of the recorded samples that have one: 6 of counters, 3 of histograms.
  expect(samples.filter(({ start }) => start > 0).length).toBe(9);
  const custom = samples.find(({ name, histogram }) => name === 'shop_size_bytes' && histogram !== '');
  expect(custom?.start).toBe(1_795_421_697_341);
  expect(decodeHistogram(Buffer.from(custom?.histogram ?? '', 'hex'))).toMatchObject({
    schema: -53,
    customValues: Float64Array.of(10, 100, 1000),
    positive: { indices: Int32Array.of(0, 1, 2, 3), counts: Float64Array.of(26, 221, 396, 4) },
  });
});

test('samples that are out of order, older than others, or there already are stored', async () => {
  const write = (...samples: (readonly [number, number])[]) =>
    endpoint.post(bodyOf('WriteRequest', { timeseries: [seriesV1({ __name__: 'up' }, samples)] }), headersV1);
  expect((await write([now, 3], [now - 10_000, 2])).status).toBe(204);
  expect((await write([now - 20_000, 1], [now, 3])).status).toBe(204);
  expect((await write([now + 10_000, stale])).status).toBe(204);
  // What is there twice counts once at reading.
  const distinct = new Map((await samplesIn()).map(({ time, bits }) => [time, bits]));
  expect([...distinct]).toEqual([
    [now - 20_000, bitsOf(1)],
    [now - 10_000, bitsOf(2)],
    [now, bitsOf(3)],
    [now + 10_000, staleBits],
  ]);
  expect((await seriesIn()).map(({ name }) => name)).toContain('up');
});

test('what version 2 says of a metric is kept with its series', async () => {
  const request = requestV2((symbols) => [
    {
      labelsRefs: symbols.labels({ __name__: 'http_requests_total', namespace: 'shop' }),
      samples: [{ timestamp: now, value: 1, startTimestamp: now - 60_000 }],
      metadata: { type: 1, helpRef: symbols.refer('Requests.'), unitRef: symbols.refer('requests') },
    },
  ]);
  expect((await endpoint.post(bodyOf('Request', request), headersV2)).status).toBe(204);
  expect(await seriesIn()).toMatchObject([
    {
      name: 'http_requests_total',
      labels: { namespace: 'shop' },
      known: ['counter', 'requests', 'Requests.'],
      starts: 1,
      histograms: 0,
    },
  ]);
});
