import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CollectedSeries } from '../../../test/ingest/collected-series.ts';
import { type Json, newYear, newYearMilliseconds as now } from '../../../test/ingest/otlp-messages.ts';
import {
  bodyOf,
  encodeMessage,
  labelList,
  requestV2,
  seriesV1,
  stale,
} from '../../../test/ingest/remote-write-messages.ts';
import { deflateSnappy } from '../../../test/ingest/snappy.ts';
import type { Limits } from '../../access/principal.ts';
import type { MetricSeries } from '../../store/rows/metric-record.ts';
import { InputError } from '../../telemetry/input-error.ts';
import { MetricBatch } from '../metric-batch.ts';
import { TextCache } from '../otlp/text-cache.ts';
import { PayloadTooLargeError } from '../payload-too-large.ts';
import {
  type DecodedRemoteWrite,
  RemoteWriteDecoder,
  type RemoteWriteVersion,
} from './remote-write-decoder.ts';

interface Received extends DecodedRemoteWrite {
  readonly series: readonly MetricSeries[];
}

function decode(
  version: RemoteWriteVersion,
  bytes: Uint8Array<ArrayBuffer>,
  limits: Limits = {},
  most = { inflatedBytes: 16 << 20, records: 200_000, rowBytes: 64 << 20 },
): Received {
  const collected = new CollectedSeries();
  const decoder = new RemoteWriteDecoder(new MetricBatch(collected, most), new TextCache(), most);
  const decoded = decoder.decode({ version, bytes, arrival: newYear, limits });
  return { ...decoded, series: collected.taken };
}

const decodeV1 = (request: Json, limits?: Limits): Received =>
  decode(1, bodyOf('WriteRequest', request), limits);
const decodeV2 = (request: Json, limits?: Limits): Received => decode(2, bodyOf('Request', request), limits);

const reasonsOf = ({ rejections }: Received): string[] =>
  rejections.map(({ reason, count }) => `${reason} (${count})`);

describe('version 1', () => {
  test('series, samples, stale markers, metadata', () => {
    const decoded = decodeV1({
      timeseries: [
        seriesV1({ __name__: 'up', job: 'api' }, [
          [now, 1],
          [now - 5, -0.5],
          [now + 15_000, stale],
        ]),
        seriesV1({ __name__: 'up', job: 'wörld 💶' }, [[now, Number.POSITIVE_INFINITY]], {
          exemplars: [{ labels: labelList({ trace_id: 'abc' }), value: 1, timestamp: now }],
        }),
        seriesV1({ __name__: 'only_exemplars' }, [], { exemplars: [{ value: 1, timestamp: now }] }),
      ],
      metadata: [
        { type: 1, metricFamilyName: 'http_requests', help: 'How many.', unit: 'requests' },
        { type: 99, metricFamilyName: 'odd' },
        { type: 2, help: 'of nothing' },
      ],
    });
    expect(decoded.series.map(({ labels }) => labels.toObject())).toEqual([
      { __name__: 'up', job: 'api' },
      { __name__: 'up', job: 'wörld 💶' },
    ]);
    expect(decoded.series.map(({ samples }) => samples)).toEqual([
      [
        { timestamp: now, value: 1 },
        { timestamp: now - 5, value: -0.5 },
        { timestamp: now + 15_000, value: Number.NaN, stale: true },
      ],
      [{ timestamp: now, value: Number.POSITIVE_INFINITY }],
    ]);
    expect(decoded.series[0]).toMatchObject({
      metadata: { type: 'unknown', unit: '', help: '' },
      delta: false,
    });
    expect(decoded).toMatchObject({ samples: 4, histograms: 0, rejected: 0 });
    expect(decoded.encoded.families).toEqual([
      { family: 'http_requests', type: 'counter', unit: 'requests', help: 'How many.' },
      { family: 'odd', type: 'unknown', unit: '', help: '' },
    ]);
  });

  test('a NaN that is no stale marker is a value', () => {
    const { series } = decodeV1({ timeseries: [seriesV1({ __name__: 'up' }, [[now, Number.NaN]])] });
    expect(series[0]?.samples).toEqual([{ timestamp: now, value: Number.NaN }]);
  });

  test('labels come in any order, and one without a value is none', () => {
    const { series } = decodeV1({
      timeseries: [seriesV1({ zone: 'b', job: '', __name__: 'up', '💶': 'x', '\uFFFD': 'y' }, [[now, 1]])],
    });
    // By the bytes of UTF-8, U+FFFD (EF BF BD) is before U+1F4B6 (F0 9F 92 B6).
    expect(series[0]?.labels.pairs).toEqual(['__name__', 'up', 'zone', 'b', '\uFFFD', 'y', '💶', 'x']);
  });
});

describe('version 2', () => {
  test('symbols, metadata of each series, start timestamps', () => {
    const decoded = decodeV2(
      requestV2((symbols) => [
        {
          labelsRefs: symbols.labels({ __name__: 'http_requests_total', code: '200' }),
          samples: [
            { timestamp: now, value: 7, startTimestamp: now - 60_000 },
            { timestamp: now + 1, value: stale },
            { timestamp: now + 2, value: 8, startTimestamp: -1 },
            { timestamp: now + 3, value: 9, startTimestamp: now + 4 },
          ],
          metadata: { type: 1, helpRef: symbols.refer('How many.'), unitRef: symbols.refer('requests') },
        },
        { labelsRefs: symbols.labels({ __name__: 'up' }), samples: [{ timestamp: now, value: 1 }] },
        {
          labelsRefs: symbols.labels({ __name__: 'only_exemplars' }),
          exemplars: [{ value: 1, timestamp: now }],
        },
      ]),
    );
    expect(decoded.series.map(({ metadata, samples }) => ({ metadata, samples }))).toEqual([
      {
        metadata: { type: 'counter', unit: 'requests', help: 'How many.' },
        samples: [
          { timestamp: now, value: 7, startTimestamp: now - 60_000 },
          { timestamp: now + 1, value: Number.NaN, stale: true },
          // Such starts can't be, and say nothing.
          { timestamp: now + 2, value: 8 },
          { timestamp: now + 3, value: 9 },
        ],
      },
      { metadata: { type: 'unknown', unit: '', help: '' }, samples: [{ timestamp: now, value: 1 }] },
    ]);
    expect(decoded.series.map(({ labels }) => labels.toObject())).toEqual([
      { __name__: 'http_requests_total', code: '200' },
      { __name__: 'up' },
    ]);
    expect(decoded).toMatchObject({ samples: 5, histograms: 0, rejected: 0, encoded: { families: [] } });
  });

  test('symbols may follow the series that refer to them', () => {
    const symbols = encodeMessage('Request', { symbols: ['', '__name__', 'up'] });
    const series = encodeMessage('Request', {
      timeseries: [{ labelsRefs: [1, 2], samples: [{ timestamp: now, value: 1 }] }],
    });
    const decoded = decode(2, deflateSnappy(Buffer.concat([series, symbols])));
    expect(decoded.series[0]?.labels.toObject()).toEqual({ __name__: 'up' });
  });

  test('references that lead nowhere, an odd number of them, and no sample', () => {
    const samples = [{ timestamp: now, value: 1 }];
    const decoded = decodeV2({
      symbols: ['', '__name__', 'up'],
      timeseries: [
        { labelsRefs: [1, 3], samples },
        { labelsRefs: [1, 2, 1], samples },
        { labelsRefs: [1, 2], samples, metadata: { helpRef: 3 } },
        { labelsRefs: [1, 2] },
        { labelsRefs: [1, 2], samples },
      ],
    });
    expect(reasonsOf(decoded)).toEqual([
      'a series refers to a symbol that is not there (2)',
      'a series has a label without a value in labels_refs (1)',
      'a series has neither samples nor histograms (1)',
    ]);
    expect(decoded).toMatchObject({ samples: 1, rejected: 4 });
  });

  test('a message of the other version is empty, as the numbers of its fields are reserved', () => {
    const series = seriesV1({ __name__: 'up' }, [[now, 1]]);
    const decoded = decode(2, bodyOf('WriteRequest', { timeseries: [series] }));
    expect(decoded).toMatchObject({ series: [], samples: 0, rejected: 0 });
  });
});

describe('native histograms', () => {
  const integer = {
    countInt: 17,
    sum: 21.5,
    schema: 1,
    zeroThreshold: 0.001,
    zeroCountInt: 2,
    positiveSpans: [
      { offset: -1, length: 2 },
      { offset: 3, length: 1 },
    ],
    positiveDeltas: [1, 2, -1],
    negativeSpans: [{ offset: 2, length: 2 }],
    negativeDeltas: [4, 1],
    resetHint: 2,
    timestamp: now,
  };
  const custom = {
    countFloat: 4.5,
    sum: 9,
    schema: -53,
    positiveSpans: [
      { offset: 0, length: 1 },
      { offset: 1, length: 1 },
    ],
    positiveCounts: [1.5, 3],
    customValues: [0.1, 1],
    timestamp: now,
  };
  const decodeHistograms = (histograms: readonly Json[]): Received =>
    decodeV1({ timeseries: [{ labels: labelList({ __name__: 'h' }), histograms }] });

  test('integer, with spans and differences', () => {
    const decoded = decodeHistograms([integer]);
    expect(decoded).toMatchObject({ samples: 0, histograms: 1, rejected: 0 });
    expect(decoded.series[0]?.samples).toEqual([
      {
        timestamp: now,
        value: Number.NaN,
        histogram: {
          hint: 'not_reset',
          schema: 1,
          zeroThreshold: 0.001,
          zeroCount: 2,
          count: 17,
          sum: 21.5,
          positive: { indices: Int32Array.of(-1, 0, 4), counts: Float64Array.of(1, 3, 2) },
          negative: { indices: Int32Array.of(2, 3), counts: Float64Array.of(4, 5) },
          customValues: new Float64Array(0),
        },
      },
    ]);
  });

  test('float, with custom bounds, a start timestamp in version 2, and each hint', () => {
    const withHints = [0, 1, 3, 9].map((resetHint) => ({ ...custom, resetHint, startTimestamp: now - 1 }));
    const first = decodeV2(
      requestV2((symbols) => [{ labelsRefs: symbols.labels({ __name__: 'h' }), histograms: withHints }]),
    );
    expect(first.series[0]?.samples[0]).toEqual({
      timestamp: now,
      value: Number.NaN,
      startTimestamp: now - 1,
      histogram: {
        hint: 'unknown',
        schema: -53,
        zeroThreshold: 0,
        zeroCount: 0,
        count: 4.5,
        sum: 9,
        positive: { indices: Int32Array.of(0, 2), counts: Float64Array.of(1.5, 3) },
        negative: { indices: new Int32Array(0), counts: new Float64Array(0) },
        customValues: Float64Array.of(0.1, 1),
      },
    });
    expect(first.series[0]?.samples.map(({ histogram }) => histogram?.hint)).toEqual([
      'unknown',
      'reset',
      'gauge',
      'unknown',
    ]);
    expect(decodeHistograms(withHints).series[0]?.samples[0]?.startTimestamp).toBeUndefined();
  });

  test('a stale marker', () => {
    const decoded = decodeHistograms([{ sum: stale, timestamp: now }]);
    expect(decoded.series[0]?.samples).toEqual([{ timestamp: now, value: Number.NaN, stale: true }]);
    expect(decoded).toMatchObject({ samples: 0, histograms: 1 });
  });

  test('a finer schema than is stored loses resolution, not observations', () => {
    const decoded = decodeHistograms([
      {
        countInt: 15,
        sum: 1,
        schema: 10,
        // The indices −4 to 1; 2^(10−8) = 4 of them make one: −7..−4 is −1, −3..0 is 0, 1..4 is 1.
        positiveSpans: [{ offset: -4, length: 6 }],
        positiveDeltas: [0, 1, 1, 1, 1, 1],
        timestamp: now,
      },
    ]);
    expect(decoded.series[0]?.samples[0]?.histogram).toMatchObject({
      schema: 8,
      count: 15,
      positive: { indices: Int32Array.of(-1, 0, 1), counts: Float64Array.of(0, 10, 5) },
    });
  });

  test.each<[string, Json]>([
    [
      'a native histogram has spans that do not fit the number of its buckets',
      { ...integer, positiveDeltas: [1, 2] },
    ],
    [
      'a native histogram has spans that do not fit the number of its buckets',
      { ...integer, positiveSpans: [] },
    ],
    [
      'a native histogram has spans that overlap',
      {
        ...integer,
        positiveSpans: [
          { offset: 0, length: 2 },
          { offset: -1, length: 1 },
        ],
      },
    ],
    [
      'a native histogram has a bucket whose index is no 32-bit number',
      { ...integer, positiveSpans: [{ offset: 2 ** 31 - 2, length: 3 }] },
    ],
    ['a native histogram has a count below 0', { ...integer, positiveDeltas: [1, -2, 3] }],
    ['a native histogram has a count below 0', { ...custom, countFloat: -1 }],
    ['a native histogram has a count that is not the sum of its buckets', { ...integer, countInt: 18 }],
    [
      'a native histogram has a count that is not the sum of its buckets',
      { ...integer, sum: Number.NaN, countInt: 16 },
    ],
    ['a native histogram has a schema that is not stored: -4 to 8 and -53 are', { ...integer, schema: -5 }],
    ['a native histogram has a schema that is not stored: -4 to 8 and -53 are', { ...integer, schema: 53 }],
    ['a native histogram has custom bounds in an exponential schema', { ...integer, customValues: [1] }],
    [
      'a native histogram with custom bounds has a zero bucket or negative buckets',
      { ...custom, zeroThreshold: 1 },
    ],
    [
      'a native histogram with custom bounds has a zero bucket or negative buckets',
      { ...custom, zeroCountFloat: 1 },
    ],
    [
      'a native histogram has custom bounds that do not ascend, or that name NaN or +Inf',
      { ...custom, customValues: [1, 1] },
    ],
    [
      'a native histogram has custom bounds that do not ascend, or that name NaN or +Inf',
      { ...custom, customValues: [1, Number.POSITIVE_INFINITY] },
    ],
    [
      'a native histogram has custom bounds that do not ascend, or that name NaN or +Inf',
      { ...custom, customValues: [Number.NaN] },
    ],
    ['a native histogram has buckets outside of its custom bounds', { ...custom, customValues: [1] }],
    [
      'a native histogram has more than 65536 buckets',
      { ...custom, positiveCounts: new Array<number>(65_537).fill(0) },
    ],
  ])('%s', (reason, histogram) => {
    const decoded = decodeHistograms([histogram, integer]);
    expect(reasonsOf(decoded)).toEqual([`${reason} (1)`]);
    expect(decoded).toMatchObject({ histograms: 1, rejected: 1 });
  });

  test('NaN is observed in no bucket', () => {
    expect(decodeHistograms([{ ...integer, sum: Number.NaN, countInt: 18 }])).toMatchObject({
      histograms: 1,
    });
  });
});

describe('what is rejected, while the rest is stored', () => {
  const fine = seriesV1({ __name__: 'fine' }, [[now, 1]]);

  test('labels', () => {
    const two = [
      [now, 1],
      [now + 1, 2],
    ] as const;
    const many = Object.fromEntries(Array.from({ length: 256 }, (_, i) => [`l${i}`, 'x']));
    const decoded = decodeV1({
      timeseries: [
        seriesV1({ job: 'api' }, two),
        seriesV1({ __name__: '', job: 'api' }, two),
        seriesV1({ __name__: 'up', '': 'x' }, two),
        {
          ...seriesFields(two),
          labels: [...nameOf('up'), { name: 'a', value: 'x' }, { name: 'a', value: 'y' }],
        },
        seriesV1({ __name__: 'up', ...many }, two),
        seriesV1({ __name__: 'up', long: 'x'.repeat(1 << 20) }, two),
        seriesV1({ __name__: 'up', ['n'.repeat(1025)]: 'x' }, two),
        fine,
      ],
    });
    expect(reasonsOf(decoded)).toEqual([
      'a series has no metric name (4)',
      'a label has an empty name (2)',
      'a label occurs twice in a series (2)',
      'a series has more than 256 labels (2)',
      "a label's value is longer than 65536 bytes (2)",
      "a label's name is longer than 1024 bytes (2)",
    ]);
    expect(decoded.series.map(({ labels }) => labels.metricName)).toEqual(['fine']);
    expect(decoded).toMatchObject({ samples: 1, rejected: 14 });
  });

  test('texts that are no UTF-8, unlike U+FFFD itself', () => {
    const request = (value: string): Json => ({
      timeseries: [seriesV1({ __name__: 'up', a: value }, [[now, 1]]), fine],
    });
    const bytes = Buffer.from(encodeMessage('WriteRequest', request('~~~')));
    const at = bytes.indexOf('~~~');
    const broken = Buffer.from(bytes);
    broken.set([0xc3, 0x28, 0x7e], at);
    expect(reasonsOf(decode(1, deflateSnappy(broken)))).toEqual([
      "a label's name or value is not valid UTF-8 (1)",
    ]);
    expect(decodeV1(request('\uFFFD'))).toMatchObject({ samples: 2, rejected: 0 });
  });

  test('times', () => {
    const day = 86_400_000;
    const decoded = decodeV1({
      timeseries: [
        seriesV1({ __name__: 'up' }, [
          [-1, 1],
          [now + day + 1, 1],
          [now + day, 1],
          [0, 1],
          [Number.MAX_SAFE_INTEGER, 1],
        ]),
      ],
    });
    expect(reasonsOf(decoded)).toEqual([
      'a time is before 1970 (1)',
      "a time is more than one day ahead of the server's clock (1)",
      'a time is after 2148 (1)',
    ]);
    expect(decoded.series[0]?.samples.map(({ timestamp }) => timestamp)).toEqual([now + day, 0]);
  });

  test("what the sender's key may not write", () => {
    const series = (labels: Record<string, string>): Json =>
      seriesV1({ __name__: 'up', ...labels }, [[now, 1]]);
    const request = {
      timeseries: [
        series({ namespace: 'shop', cluster: 'eu' }),
        series({ namespace: 'bank', cluster: 'eu' }),
        series({ namespace: 'shop', cluster: 'us' }),
        series({ cluster: 'eu' }),
      ],
    };
    const decoded = decodeV1(request, { namespaces: ['shop'], clusters: ['eu'] });
    expect(decoded.series.map(({ labels }) => labels.toObject())).toEqual([
      { __name__: 'up', namespace: 'shop', cluster: 'eu' },
    ]);
    expect(decoded.rejected).toBe(3);
    expect(decodeV1(request, { namespaces: [] })).toMatchObject({ samples: 0, rejected: 4 });
    expect(decodeV1(request)).toMatchObject({ samples: 4, rejected: 0 });
  });
});

const nameOf = (name: string): { name: string; value: string }[] => [{ name: '__name__', value: name }];
const seriesFields = (samples: readonly (readonly [number, number])[]): Record<string, Json> => ({
  samples: samples.map(([timestamp, value]) => ({ timestamp, value })),
});

describe('limits', () => {
  const most = { inflatedBytes: 1 << 20, records: 10, rowBytes: 1 << 20 };
  const samples = (count: number): Json => seriesV1({ __name__: 'up' }, new Array(count).fill([now, 1]));

  test('samples, of one series and of all', () => {
    const take = (...series: Json[]): Received =>
      decode(1, bodyOf('WriteRequest', { timeseries: series }), {}, most);
    expect(take(samples(10))).toMatchObject({ samples: 10 });
    expect(() => take(samples(11))).toThrow(PayloadTooLargeError);
    expect(() => take(samples(6), samples(5))).toThrow(PayloadTooLargeError);
  });

  test('metric families, symbols and empty series', () => {
    const metadata = new Array<Json>(100_001).fill({ metricFamilyName: 'm' });
    expect(() => decodeV1({ metadata })).toThrow(PayloadTooLargeError);
    expect(decodeV1({ metadata: metadata.slice(1) }).encoded.families.length).toBe(100_000);
    const symbols = new Array<string>(11).fill('');
    expect(() => decode(2, bodyOf('Request', { symbols }), {}, most)).toThrow(PayloadTooLargeError);
    const timeseries = new Array<Json>(11).fill({});
    expect(() => decode(2, bodyOf('Request', { timeseries }), {}, most)).toThrow(PayloadTooLargeError);
  });

  test('help texts that many series refer to are cut', () => {
    const long = `${'x'.repeat(1023)}💶${'y'.repeat(100_000)}`;
    const { series } = decodeV2(
      requestV2((symbols) => [
        {
          labelsRefs: symbols.labels({ __name__: 'up' }),
          samples: [{ timestamp: now, value: 1 }],
          metadata: { type: 2, helpRef: symbols.refer(long) },
        },
      ]),
    );
    expect(series[0]?.metadata.help).toBe('x'.repeat(1023));
  });

  test('metric families are left out where no series can have their name', () => {
    const metadata = ['m'.repeat(1024), 'm'.repeat(1025), 'm'.repeat(1 << 20)].map((metricFamilyName) => ({
      metricFamilyName,
    }));
    const families = decodeV1({ metadata }).encoded.families.map(({ family }) => family.length);
    expect(families).toEqual([1024]);
  });

  test('a decoder forgets what came before an error', () => {
    const collected = new CollectedSeries();
    const decoder = new RemoteWriteDecoder(new MetricBatch(collected, most), new TextCache(), most);
    const terms = { version: 1, arrival: newYear, limits: {} } as const;
    const series = seriesV1({ __name__: 'first' }, [[now, 1]]);
    const cut = encodeMessage('WriteRequest', { timeseries: [series, series] });
    expect(() => decoder.decode({ ...terms, bytes: deflateSnappy(cut.subarray(0, -3)) })).toThrow(InputError);
    const request = { timeseries: [seriesV1({ __name__: 'second' }, [[now, 1]])] };
    expect(decoder.decode({ ...terms, bytes: bodyOf('WriteRequest', request) }).samples).toBe(1);
    expect(collected.taken.map(({ labels }) => labels.metricName)).toEqual(['second']);
  });
});

describe('the digest', () => {
  const request = { timeseries: [seriesV1({ __name__: 'up', namespace: 'a' }, [[now, 1]])] };
  const bytes = encodeMessage('WriteRequest', request);

  test('is of the content, however it was deflated', () => {
    const literal = Uint8Array.from([bytes.length, (bytes.length - 1) << 2, ...bytes]);
    expect(decode(1, literal).digest).toBe(decode(1, deflateSnappy(bytes)).digest);
  });

  test('is another for other limits and another version', () => {
    const body = deflateSnappy(bytes);
    const digests = [
      decode(1, body).digest,
      decode(2, body).digest,
      decode(1, body, { namespaces: ['a'] }).digest,
      decode(1, body, { clusters: ['a'] }).digest,
    ];
    expect(new Set(digests).size).toBe(4);
  });
});

const requests = fc.array(
  fc.record({
    name: fc.constantFrom('up', 'http_requests_total', 'räume'),
    pod: fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
    samples: fc.array(fc.tuple(fc.nat(100_000), fc.double({ noNaN: true })), { minLength: 1, maxLength: 4 }),
  }),
  { maxLength: 6 },
);

test('both versions make of the same series the same', () => {
  fc.assert(
    fc.property(requests, (list) => {
      const v1 = decodeV1({
        timeseries: list.map(({ name, pod, samples }) =>
          seriesV1(
            { __name__: name, pod },
            samples.map(([ago, value]) => [now - ago, value]),
          ),
        ),
      });
      const v2 = decodeV2(
        requestV2((symbols) =>
          list.map(({ name, pod, samples }) => ({
            labelsRefs: symbols.labels({ __name__: name, pod }),
            samples: samples.map(([ago, value]) => ({ timestamp: now - ago, value })),
          })),
        ),
      );
      const expected = list.map(({ name, pod, samples }) => [
        { __name__: name, pod },
        samples.map(([ago, value]) => ({ timestamp: now - ago, value })),
      ]);
      for (const { series } of [v1, v2]) {
        expect(series.map(({ labels, samples }) => [labels.toObject(), samples])).toEqual(expected);
      }
    }),
  );
});

test('whatever is changed or cut is a right answer or a clear error', () => {
  const valid = {
    1: encodeMessage('WriteRequest', {
      timeseries: [
        seriesV1({ __name__: 'up', job: 'ä' }, [[now, 1]]),
        {
          labels: labelList({ __name__: 'h' }),
          histograms: [
            {
              countInt: 3,
              sum: 1,
              positiveSpans: [{ offset: 1, length: 2 }],
              positiveDeltas: [1, 1],
              timestamp: now,
            },
          ],
        },
      ],
      metadata: [{ type: 1, metricFamilyName: 'up', help: 'Up.' }],
    }),
    2: encodeMessage(
      'Request',
      requestV2((symbols) => [
        {
          labelsRefs: symbols.labels({ __name__: 'h', job: 'ä' }),
          histograms: [{ countFloat: 1, schema: -53, customValues: [1], timestamp: now, resetHint: 1 }],
          metadata: { type: 3, helpRef: symbols.refer('Help.') },
        },
      ]),
    ),
  };
  const mutants = fc.record({
    version: fc.constantFrom<RemoteWriteVersion>(1, 2),
    other: fc.boolean(),
    changes: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
    cut: fc.nat(20),
  });
  fc.assert(
    fc.property(mutants, ({ version, other, changes, cut }) => {
      const bytes = Uint8Array.from(valid[other === (version === 1) ? 2 : 1]);
      for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
      const kept = bytes.subarray(0, bytes.length - cut);
      try {
        const { samples, histograms, rejected, series } = decode(version, deflateSnappy(kept));
        const stored = series.reduce((sum, one) => sum + one.samples.length, 0);
        expect(samples + histograms).toBe(stored);
        expect(rejected).toBeGreaterThanOrEqual(0);
      } catch (error) {
        expect(error instanceof InputError || error instanceof PayloadTooLargeError).toBe(true);
      }
    }),
    { numRuns: 1000 },
  );
});
