import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { metricsOfJson, metricsOfProtobuf } from '../../../test/ingest/decode.ts';
import {
  encodeJson,
  encodeMessage,
  gauge,
  type Json,
  metricsRequest,
} from '../../../test/ingest/otlp-messages.ts';
import { metricsRequests } from '../../../test/ingest/request-arbitraries.ts';
import { InputError } from '../../telemetry/input-error.ts';
import type { OtlpMetric } from './metric-model.ts';
import { TextCache } from './text-cache.ts';

const message = 'ExportMetricsServiceRequest';

const decoders: Record<string, (request: Json) => ReturnType<typeof metricsOfJson>> = {
  JSON: (request) => metricsOfJson(encodeJson(request)),
  protobuf: (request) => metricsOfProtobuf(encodeMessage(message, request)),
};

const point: Json = {
  startTimeUnixNano: '1767225540000000000',
  timeUnixNano: '1767225600123456789',
  attributes: [{ key: 'http.route', value: { stringValue: '/pay' } }],
  exemplars: [{ timeUnixNano: '1', asDouble: 3, spanId: 'eee19b7ec3c1b174' }],
};
const decodedPoint = {
  start: 1_767_225_540_000_000_000n,
  time: 1_767_225_600_123_456_789n,
  attributes: ['http.route', '/pay'],
  flags: 0,
  defect: undefined,
};
const metadata: Json = [{ key: 'prometheus.type', value: { stringValue: 'info' } }];

const all: Json = metricsRequest(
  [
    {
      name: 'temperature',
      unit: 'Cel',
      description: 'How warm',
      metadata,
      gauge: {
        dataPoints: [
          { ...point, asDouble: -1.5, flags: 1 },
          { ...point, asInt: '-9007199254740993' },
        ],
      },
    },
    { name: 'requests', sum: { aggregationTemporality: 1, isMonotonic: true, dataPoints: [{ asInt: '7' }] } },
    {
      name: 'latency',
      histogram: {
        aggregationTemporality: 2,
        dataPoints: [
          {
            ...point,
            count: '3',
            sum: 0.6,
            bucketCounts: ['1', '0', '2'],
            explicitBounds: [0.1, 0.5],
            min: 0.05,
            max: 1,
          },
        ],
      },
    },
    {
      name: 'size',
      exponentialHistogram: {
        aggregationTemporality: 2,
        dataPoints: [
          {
            ...point,
            count: '6',
            sum: 9,
            scale: -3,
            zeroCount: '1',
            zeroThreshold: 0.25,
            positive: { offset: -2, bucketCounts: ['1', '0', '3'] },
            negative: { offset: 4, bucketCounts: ['1'] },
          },
        ],
      },
    },
    {
      name: 'wait',
      summary: {
        dataPoints: [
          {
            ...point,
            count: '2',
            sum: 3,
            quantileValues: [
              { quantile: 0.5, value: 1 },
              { quantile: 1, value: 2 },
            ],
          },
        ],
      },
    },
    { name: 'nothing' },
  ],
  [],
);

const about = { description: '', unit: '', prometheusType: '', temporality: 0, monotonic: false };
const decodedAll: readonly OtlpMetric[] = [
  {
    name: 'temperature',
    unit: 'Cel',
    description: 'How warm',
    prometheusType: 'info',
    kind: 'gauge',
    temporality: 0,
    monotonic: false,
    points: [
      { kind: 'number', value: -1.5, ...decodedPoint, flags: 1 },
      { kind: 'number', value: -9_007_199_254_740_992, ...decodedPoint },
    ],
  },
  {
    ...about,
    name: 'requests',
    kind: 'sum',
    temporality: 1,
    monotonic: true,
    points: [{ kind: 'number', value: 7, attributes: [], start: 0n, time: 0n, flags: 0, defect: undefined }],
  },
  {
    ...about,
    name: 'latency',
    kind: 'histogram',
    temporality: 2,
    points: [
      { kind: 'histogram', ...decodedPoint, count: 3, sum: 0.6, bucketCounts: [1, 0, 2], bounds: [0.1, 0.5] },
    ],
  },
  {
    ...about,
    name: 'size',
    kind: 'exponentialHistogram',
    temporality: 2,
    points: [
      {
        kind: 'exponential',
        ...decodedPoint,
        count: 6,
        sum: 9,
        scale: -3,
        zeroCount: 1,
        zeroThreshold: 0.25,
        positive: { offset: -2, counts: [1, 0, 3] },
        negative: { offset: 4, counts: [1] },
      },
    ],
  },
  {
    ...about,
    name: 'wait',
    kind: 'summary',
    points: [
      {
        kind: 'summary',
        ...decodedPoint,
        count: 2,
        sum: 3,
        quantiles: [
          { quantile: 0.5, value: 1 },
          { quantile: 1, value: 2 },
        ],
      },
    ],
  },
  { ...about, name: 'nothing', kind: undefined, points: [] },
];

describe.each(Object.entries(decoders))('metrics in %s', (_, decode) => {
  test('are read with all that is stored of them', () => {
    expect(decode(all).map(([metric]) => metric)).toEqual(decodedAll);
  });

  test('of one scope share their origin', () => {
    const [first, second] = decode(all);
    expect(first?.[1]).toBe(second?.[1]);
  });

  test('with more buckets than can be are given out with the reason', () => {
    const many = Array.from({ length: 10_001 }, () => '0');
    const points = (...dataPoints: Json[]): Json => ({ aggregationTemporality: 2, dataPoints });
    const request = metricsRequest([
      { name: 'a', histogram: points({ bucketCounts: many }, { explicitBounds: many.map((_, i) => i) }) },
      {
        name: 'b',
        exponentialHistogram: points(
          { positive: { bucketCounts: many } },
          { negative: { bucketCounts: many } },
        ),
      },
      { name: 'c', summary: points({ quantileValues: many.map(() => ({ quantile: 0.5 })) }) },
      { name: 'd', histogram: points({ bucketCounts: many.slice(1) }) },
    ]);
    const defects = decode(request).map(([{ points }]) => points.map(({ defect }) => defect));
    const reason = 'a data point has more than 10000 buckets or quantiles';
    expect(defects).toEqual([[reason, reason], [reason, reason], [reason], [undefined]]);
  });
});

test('both encodings of a request say the same', () => {
  fc.assert(
    fc.property(metricsRequests, (request) => {
      expect(metricsOfProtobuf(encodeMessage(message, request))).toEqual(metricsOfJson(encodeJson(request)));
    }),
    { numRuns: 200 },
  );
});

describe('OTLP/JSON', () => {
  const one = (fields: Record<string, Json>): Json =>
    metricsRequest([{ name: 'm', gauge: { dataPoints: [fields] } }]);
  const decode = (request: Json) => metricsOfJson(encodeJson(request));

  test.each([
    [{ asDouble: 'NaN' }, Number.NaN],
    [{ asDouble: '-Infinity' }, Number.NEGATIVE_INFINITY],
    [{ asDouble: '1.5' }, 1.5],
    [{ asInt: 5 }, 5],
    [{ asInt: null, asDouble: 2 }, 2],
    [{}, undefined],
  ])('takes the value of %j', (fields, value) => {
    expect(decode(one(fields))[0]?.[0].points[0]).toMatchObject({ value });
  });

  test('takes names of enums', () => {
    const sum = { aggregationTemporality: 'AGGREGATION_TEMPORALITY_CUMULATIVE' };
    expect(decode(metricsRequest([{ name: 'm', sum }]))[0]?.[0].temporality).toBe(2);
  });

  test.each<[Json, string]>([
    [metricsRequest([{ name: 7 }]), 'resourceMetrics[0].scopeMetrics[0].metrics[0].name is not a string'],
    [metricsRequest([gauge('a', 1), { name: 'm', gauge: [] }]), 'metrics[1].gauge is not an object'],
    [
      one({ asDouble: 'much' }),
      'metrics[0].gauge.dataPoints[0].asDouble is not a number, "NaN", "Infinity" or "-Infinity"',
    ],
    [one({ asInt: '1.5' }), 'dataPoints[0].asInt is not a 64-bit integer'],
    [metricsRequest([{ sum: { isMonotonic: 1 } }]), 'metrics[0].sum.isMonotonic is not true or false'],
    [
      metricsRequest([{ histogram: { dataPoints: [{ count: '-1' }] } }]),
      'histogram.dataPoints[0].count is not an unsigned 64-bit integer',
    ],
    [
      metricsRequest([{ histogram: { dataPoints: [{ bucketCounts: ['x'] }] } }]),
      'bucketCounts is not an array of unsigned 64-bit integers',
    ],
    [
      metricsRequest([{ histogram: { dataPoints: [{ explicitBounds: 1 }] } }]),
      'explicitBounds is not an array of numbers',
    ],
    [
      metricsRequest([{ exponentialHistogram: { dataPoints: [{ scale: 0.5 }] } }]),
      'exponentialHistogram.dataPoints[0].scale is not an integer',
    ],
  ])('refuses %j', (request, message) => {
    const read = () => decode(request);
    expect(read).toThrow(InputError);
    expect(read).toThrow(message);
  });
});

describe('protobuf', () => {
  const bytes = encodeMessage(message, all);

  test('that is cut off anywhere is refused, or was complete there', () => {
    let complete = 0;
    for (let length = 0; length < bytes.length; length++) {
      try {
        metricsOfProtobuf(bytes.slice(0, length));
        complete += 1;
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    }
    expect(complete).toBe(1);
  });

  test('of random bytes is refused with a clear error, or read', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(bytes.length), (noise, at) => {
        const broken = Uint8Array.from(bytes);
        broken.set(noise.subarray(0, bytes.length - at), at);
        try {
          metricsOfProtobuf(broken, new TextCache());
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
    );
  });
});
