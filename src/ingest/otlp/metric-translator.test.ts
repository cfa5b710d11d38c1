import { describe, expect, test } from 'vitest';
import {
  gauge,
  type Json,
  metricsRequest,
  newYear,
  textAttribute,
} from '../../../test/ingest/otlp-messages.ts';
import { lines, translate } from '../../../test/ingest/translated.ts';
import { createHistogram } from '../../promql/histogram.ts';

const at = (seconds: number): string => String(newYear + BigInt(seconds) * 1_000_000_000n);
const point = { startTimeUnixNano: at(-60), timeUnixNano: at(0) };
const request = (metric: Record<string, Json>): Json => metricsRequest([metric], []);
const cumulative = (...dataPoints: Json[]): Json => ({ aggregationTemporality: 2, dataPoints });
const delta = (...dataPoints: Json[]): Json => ({ aggregationTemporality: 1, dataPoints });
const linesOf = (json: Json): string[] => lines(translate(json).series);

describe('the series of', () => {
  test('a gauge, which knows no start', () => {
    const dataPoints = [
      { ...point, asDouble: 21.5, attributes: [textAttribute('room', 'a')] },
      { ...point, asInt: '-3', attributes: [textAttribute('room', 'b')] },
    ];
    const { series, accepted } = translate(
      request({ name: 'room.temperature', unit: 'Cel', description: 'How warm', gauge: { dataPoints } }),
    );
    expect(lines(series)).toEqual([
      'room_temperature_celsius{room="a"} 21.5@0',
      'room_temperature_celsius{room="b"} -3@0',
    ]);
    expect(series[0]?.metadata).toEqual({ type: 'gauge', unit: 'celsius', help: 'How warm' });
    expect(accepted).toBe(2);
  });

  test('a metric with long texts, which are cut', () => {
    const texts = { unit: 'u'.repeat(100), description: 'd'.repeat(5_000) };
    const { series } = translate(
      request({ name: 'room', ...texts, gauge: { dataPoints: [{ ...point, asInt: '1' }] } }),
    );
    expect(series[0]?.metadata).toEqual({ type: 'gauge', unit: 'u'.repeat(64), help: 'd'.repeat(1024) });
  });

  test('a monotonic sum', () => {
    const sum = { isMonotonic: true, ...Object(cumulative({ ...point, asInt: '7' })) };
    const { series } = translate(request({ name: 'http.requests', unit: '{request}', sum }));
    expect(lines(series)).toEqual(['http_requests_total 7@0<-60']);
    expect(series[0]?.metadata).toEqual({ type: 'counter', unit: '', help: '' });
  });

  test('a monotonic sum of changes', () => {
    const sum = { isMonotonic: true, ...Object(delta({ ...point, asInt: '7' })) };
    const { series } = translate(request({ name: 'http.requests', sum }));
    expect(lines(series)).toEqual(['http_requests_total + 7@0<-60']);
    expect(series[0]?.metadata.type).toBe('counter');
  });

  test('a sum that also goes down, which is a gauge', () => {
    const { series } = translate(
      request({ name: 'queue.length', unit: '1', sum: cumulative({ ...point, asInt: '7' }) }),
    );
    expect(lines(series)).toEqual(['queue_length 7@0']);
    expect(series[0]?.metadata.type).toBe('gauge');
    expect(linesOf(request({ name: 'queue.length', sum: delta({ ...point, asInt: '7' }) }))).toEqual([
      'queue_length + 7@0<-60',
    ]);
  });

  test('a histogram', () => {
    const bucketCounts = ['1', '0', '2', '4'];
    const one = { ...point, count: '7', sum: 12.5, bucketCounts, explicitBounds: [0.005, 1, 10] };
    const { series, accepted } = translate(
      request({ name: 'latency', unit: 's', histogram: cumulative(one) }),
    );
    expect(lines(series)).toEqual([
      'latency_seconds_bucket{le="+Inf"} 7@0<-60',
      'latency_seconds_bucket{le="0.005"} 1@0<-60',
      'latency_seconds_bucket{le="1"} 1@0<-60',
      'latency_seconds_bucket{le="10"} 3@0<-60',
      'latency_seconds_count 7@0<-60',
      'latency_seconds_sum 12.5@0<-60',
    ]);
    for (const { metadata } of series)
      expect(metadata).toEqual({ type: 'histogram', unit: 'seconds', help: '' });
    expect(accepted).toBe(1);
  });

  test('a histogram without sum or buckets, or with an infinite bound', () => {
    expect(linesOf(request({ name: 'h', histogram: cumulative({ ...point, count: '7' }) }))).toEqual([
      'h_bucket{le="+Inf"} 7@0<-60',
      'h_count 7@0<-60',
    ]);
    const one = { ...point, count: '3', bucketCounts: ['1', '2', '0'], explicitBounds: [1, 'Infinity'] };
    expect(linesOf(request({ name: 'h', histogram: delta(one) }))).toEqual([
      'h_bucket{le="+Inf"} + 3@0<-60',
      'h_bucket{le="1"} + 1@0<-60',
      'h_count + 3@0<-60',
    ]);
  });

  test('an exponential histogram, with bucket numbers of their upper bounds', () => {
    const one = {
      ...point,
      count: '41',
      sum: 99.5,
      scale: 1,
      zeroCount: '3',
      zeroThreshold: 0.25,
      // The specification's example.
      positive: { offset: 3, bucketCounts: ['10', '0', '0', '20', '5', '2'] },
      negative: { offset: -2, bucketCounts: ['1'] },
    };
    const { series } = translate(
      request({ name: 'size', unit: 'By', exponentialHistogram: cumulative(one) }),
    );
    expect(lines(series)).toEqual(['size_bytes histogram@0<-60']);
    expect(series[0]?.metadata).toEqual({ type: 'histogram', unit: 'bytes', help: '' });
    expect(series[0]?.samples[0]?.histogram).toEqual(
      createHistogram({
        schema: 1,
        count: 41,
        sum: 99.5,
        zeroCount: 3,
        zeroThreshold: 0.25,
        positive: { indices: Int32Array.of(4, 7, 8, 9), counts: Float64Array.of(10, 20, 5, 2) },
        negative: { indices: Int32Array.of(-1), counts: Float64Array.of(1) },
      }),
    );
  });

  test('an exponential histogram that is finer than Prometheus knows', () => {
    const one = {
      ...point,
      count: '10',
      sum: 10,
      scale: 10,
      // Four buckets of scale 10 are one of scale 8: −5 is in −2, −4 to −1 in −1, 0 and 1 in 0.
      positive: { offset: -5, bucketCounts: ['1', '1', '2', '0', '1', '2', '3'] },
    };
    const { series } = translate(request({ name: 'size', exponentialHistogram: delta(one) }));
    expect(series[0]?.delta).toBe(true);
    expect(series[0]?.samples[0]?.histogram).toEqual(
      createHistogram({
        schema: 8,
        count: 10,
        sum: 10,
        zeroThreshold: 1e-128,
        positive: { indices: Int32Array.of(-1, 0, 1), counts: Float64Array.of(1, 4, 5) },
      }),
    );
  });

  test('a summary', () => {
    const quantileValues = [
      { quantile: 0, value: 1 },
      { quantile: 0.99, value: 5 },
    ];
    const dataPoints = [{ ...point, count: '4', sum: 9, quantileValues }];
    const { series } = translate(request({ name: 'wait', unit: 'ms', summary: { dataPoints } }));
    expect(lines(series)).toEqual([
      'wait_milliseconds_count 4@0<-60',
      'wait_milliseconds_sum 9@0<-60',
      'wait_milliseconds{quantile="0"} 1@0<-60',
      'wait_milliseconds{quantile="0.99"} 5@0<-60',
    ]);
    expect(series[0]?.metadata.type).toBe('summary');
  });

  test('a point that has no value any more: stale markers', () => {
    const gone = { ...point, flags: 1 };
    const bounds = { bucketCounts: ['0', '0'], explicitBounds: [1] };
    const quantileValues = [{ quantile: 0.5, value: 0 }];
    expect(
      linesOf(
        metricsRequest(
          [
            { name: 'g', gauge: { dataPoints: [gone] } },
            { name: 'h', histogram: cumulative({ ...gone, ...bounds }) },
            { name: 'e', exponentialHistogram: cumulative({ ...gone, scale: -9 }) },
            { name: 's', summary: { dataPoints: [{ ...gone, quantileValues }] } },
          ],
          [],
        ),
      ),
    ).toEqual([
      'e stale@0',
      'g stale@0',
      'h_bucket{le="+Inf"} stale@0',
      'h_bucket{le="1"} stale@0',
      'h_count stale@0',
      'h_sum stale@0',
      's_count stale@0',
      's_sum stale@0',
      's{quantile="0.5"} stale@0',
    ]);
  });

  test('what Prometheus knew as another type', () => {
    const types = ['info', 'stateset', 'unknown', 'gauge', 'histogram'].map((type) => {
      const metadata = [textAttribute('prometheus.type', type)];
      return translate(request({ ...Object(gauge('m', 1)), metadata })).series[0]?.metadata.type;
    });
    expect(types).toEqual(['info', 'stateset', 'unknown', 'gauge', 'gauge']);
  });

  test('points with the same attributes, in one series', () => {
    const dataPoints = [3, 1, 2].map((second) => ({ timeUnixNano: at(second), asDouble: second * 10 }));
    expect(linesOf(request({ name: 'm', gauge: { dataPoints } }))).toEqual(['m 30@3 10@1 20@2']);
  });

  test('numbers that JSON has none for', () => {
    const dataPoints = ['NaN', 'Infinity', '-Infinity'].map((asDouble, i) => ({
      timeUnixNano: at(i),
      asDouble,
    }));
    expect(linesOf(request({ name: 'm', gauge: { dataPoints } }))).toEqual([
      'm NaN@0 Infinity@1 -Infinity@2',
    ]);
  });
});

describe('a data point is rejected, and no other,', () => {
  const histogram = (fields: Record<string, Json>): Json => ({
    histogram: cumulative({ ...point, ...fields }),
  });
  const exponential = (fields: Record<string, Json>): Json => ({
    exponentialHistogram: cumulative({ ...point, sum: 1, ...fields }),
  });
  const deep = Array.from({ length: 101 }).reduce<Json>((value) => ({ arrayValue: { values: [value] } }), {});
  const gaugeOf = (fields: Record<string, Json>): Json => ({ gauge: { dataPoints: [fields] } });
  test.each<[string, Json]>([
    ['a data point has no time', gaugeOf({ asDouble: 1 })],
    ['a time is before 1970', gaugeOf({ asDouble: 1, timeUnixNano: '-1000000' })],
    ['a time is after 2148', gaugeOf({ asDouble: 1, timeUnixNano: '5648745600000000000' })],
    [
      "a time is more than one day ahead of the server's clock",
      gaugeOf({ asDouble: 1, timeUnixNano: String(newYear + 86_400_001_000_000n) }),
    ],
    ['a data point has no value', gaugeOf(point)],
    [
      'a value is nested more than 100 levels deep',
      gaugeOf({ ...point, asDouble: 1, attributes: [{ key: 'a', value: deep }] }),
    ],
    [
      'a sum or histogram has no aggregation temporality',
      { sum: { isMonotonic: true, dataPoints: [{ ...point, asInt: '1' }] } },
    ],
    [
      'a histogram has not one bucket more than bounds',
      histogram({ bucketCounts: ['1'], explicitBounds: [1] }),
    ],
    [
      'the bounds of a histogram do not ascend',
      histogram({ bucketCounts: ['1', '1', '1'], explicitBounds: [2, 2] }),
    ],
    [
      'the bounds of a histogram do not ascend',
      histogram({ bucketCounts: ['1', '1'], explicitBounds: ['NaN'] }),
    ],
    ['an exponential histogram has a scale below -4', exponential({ scale: -5 })],
    ['an exponential histogram has no sum', exponential({ sum: null })],
    [
      'the zero threshold of an exponential histogram is negative or not finite',
      exponential({ zeroThreshold: -1 }),
    ],
    [
      'the offset of an exponential histogram is past 32 bits',
      exponential({ count: '1', positive: { offset: 2147483647, bucketCounts: ['1'] } }),
    ],
    [
      'the buckets of an exponential histogram hold more than its count',
      exponential({ count: '1', positive: { bucketCounts: ['2'] } }),
    ],
    [
      'a quantile of a summary is not between 0 and 1',
      { summary: { dataPoints: [{ ...point, quantileValues: [{ quantile: 1.5 }] }] } },
    ],
  ])('where %s', (reason, metric) => {
    const result = translate(metricsRequest([gauge('good', 1), { name: 'bad', ...Object(metric) }], []));
    expect(result.rejections).toEqual([{ reason, count: 1 }]);
    expect(result.accepted).toBe(1);
    expect(lines(result.series)).toEqual(['good 1@0']);
  });

  test('where a metric has no name that Prometheus could have', () => {
    const { rejections, rejected } = translate(metricsRequest([gauge('温度', 1), gauge('', 2)]));
    expect(rejections).toEqual([{ reason: "a metric's name has no letter and no digit of ASCII", count: 2 }]);
    expect(rejected).toBe(2);
  });

  test('where labels are past a limit', () => {
    const attributes = (count: number): Json =>
      Array.from({ length: count }, (_, i) => textAttribute(`a${i}`, 'v'));
    const points = (...all: Json[]): Json => metricsRequest([{ name: 'm', gauge: { dataPoints: all } }], []);
    const one = (fields: Record<string, Json>): Json => ({ ...point, asDouble: 1, ...fields });
    const { rejections, accepted } = translate(
      points(
        one({ attributes: attributes(255) }),
        one({ attributes: attributes(256) }),
        one({ attributes: [textAttribute('x'.repeat(1024), 'v')] }),
        one({ attributes: [textAttribute('x'.repeat(1025), 'v')] }),
        one({ attributes: [textAttribute('a', 'ä'.repeat(32_768))] }),
        one({ attributes: [textAttribute('a', 'x'.repeat(1_000_000))] }),
      ),
    );
    expect(accepted).toBe(3);
    expect(rejections).toEqual([
      { reason: 'a series has more than 256 labels', count: 1 },
      { reason: "a label's name is longer than 1024 bytes", count: 1 },
      { reason: "a label's value is longer than 65536 bytes", count: 1 },
    ]);
    // The label `le` counts, and so does the longest suffix of the metric's name.
    const histogram = cumulative({ ...point, count: '1', attributes: attributes(255) });
    expect(translate(request({ name: 'h', histogram })).rejected).toBe(1);
    expect(translate(metricsRequest([gauge('x'.repeat(1100), 1)])).rejections).toEqual([
      { reason: "a metric's name is longer than 1024 bytes", count: 1 },
    ]);
  });
});

test('a start after its point is left out, with a warning', () => {
  const sum = {
    isMonotonic: true,
    ...Object(cumulative({ ...point, startTimeUnixNano: at(1), asInt: '7' })),
  };
  const { series, warnings } = translate(request({ name: 'requests', sum }));
  expect(lines(series)).toEqual(['requests_total 7@0']);
  expect(warnings).toEqual([
    { reason: 'a start time before 1970 or after the time of its sample was left out', count: 1 },
  ]);
});

test('too many samples are refused', () => {
  const bounds = Array.from({ length: 99 }, (_, i) => i);
  const one = { ...point, bucketCounts: [...bounds.map(() => '0'), '0'], explicitBounds: bounds };
  const histogram = cumulative(...Array.from({ length: 20 }, () => one));
  expect(() => translate(request({ name: 'h', histogram }), {}, 2_019)).toThrow(
    'there are more than 2019 samples; send smaller batches',
  );
  expect(translate(request({ name: 'h', histogram }), {}, 2_020).accepted).toBe(20);
});
