import fc from 'fast-check';
import type { Json } from './otlp-messages.ts';

// Requests as OTLP/JSON that both encodings can express.

const text = fc.oneof(
  fc.constantFrom('', 'service.name', 'k8s.pod.name', 'GET', '/api/orders/{id}', 'x'.repeat(200)),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
);
const hexadecimal = (bytes: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((array) => Buffer.from(array).toString('hex'));
const integer64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
const time = fc.oneof(fc.constant(0n), fc.bigInt({ min: 1n, max: 2n ** 64n - 1n })).map(String);

// JSON.stringify writes -0 as 0.
const double: fc.Arbitrary<Json> = fc
  .double()
  .map((number) => (Number.isFinite(number) ? number + 0 : String(number)));
const count = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);

const { value } = fc.letrec<{ value: Json; attribute: Json }>((tie) => ({
  attribute: fc.record({ key: text, value: tie('value') }),
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant({}),
    text.map((stringValue) => ({ stringValue })),
    fc.boolean().map((boolValue) => ({ boolValue })),
    integer64.map((intValue) => ({ intValue })),
    double.map((doubleValue) => ({ doubleValue })),
    fc.uint8Array({ maxLength: 40 }).map((bytes) => ({ bytesValue: Buffer.from(bytes).toString('base64') })),
    fc.array(tie('value'), { maxLength: 4 }).map((values) => ({ arrayValue: { values } })),
    fc.array(tie('attribute'), { maxLength: 4 }).map((values) => ({ kvlistValue: { values } })),
  ),
}));

const attributes = fc.array(fc.record({ key: text, value }), { maxLength: 20 });

const logRecord = fc.record(
  {
    timeUnixNano: time,
    observedTimeUnixNano: time,
    severityNumber: fc.nat(24),
    severityText: text,
    body: value,
    attributes,
    droppedAttributesCount: fc.nat(),
    flags: fc.nat(2 ** 31),
    traceId: hexadecimal(16),
    spanId: hexadecimal(8),
    eventName: text,
  },
  { requiredKeys: [] },
);

const span = fc.record(
  {
    traceId: hexadecimal(16),
    spanId: hexadecimal(8),
    parentSpanId: hexadecimal(8),
    traceState: text,
    flags: fc.nat(2 ** 31),
    name: text,
    kind: fc.nat(5),
    startTimeUnixNano: time,
    endTimeUnixNano: time,
    attributes,
    events: fc.array(fc.record({ timeUnixNano: time, name: text, attributes }), { maxLength: 3 }),
    links: fc.array(
      fc.record({ traceId: hexadecimal(16), spanId: hexadecimal(8), traceState: text, attributes }),
      { maxLength: 3 },
    ),
    status: fc.record({ code: fc.nat(2), message: text }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);

const resource = fc.record({ attributes }, { requiredKeys: [] });
const scope = fc.record({ name: text, version: text, attributes }, { requiredKeys: [] });
const few = { maxLength: 3 };

export const logsRequests: fc.Arbitrary<Json> = fc.record({
  resourceLogs: fc.array(
    fc.record({
      resource,
      schemaUrl: text,
      scopeLogs: fc.array(fc.record({ scope, schemaUrl: text, logRecords: fc.array(logRecord, few) }), few),
    }),
    few,
  ),
});

export const tracesRequests: fc.Arbitrary<Json> = fc.record({
  resourceSpans: fc.array(
    fc.record({
      resource,
      schemaUrl: text,
      scopeSpans: fc.array(fc.record({ scope, schemaUrl: text, spans: fc.array(span, few) }), few),
    }),
    few,
  ),
});

const exemplars = fc.array(
  fc.record(
    {
      filteredAttributes: attributes,
      timeUnixNano: time,
      asDouble: double,
      traceId: hexadecimal(16),
      spanId: hexadecimal(8),
    },
    { requiredKeys: [] },
  ),
  few,
);
const anyPoint = { attributes, startTimeUnixNano: time, timeUnixNano: time, flags: fc.nat(1) };
const optional = { requiredKeys: [] };
const buckets = fc.record(
  { offset: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), bucketCounts: fc.array(count) },
  optional,
);
const temporality = fc.nat(2);
const pointsOf = (point: fc.Arbitrary<Json>): fc.Arbitrary<Json> => fc.array(point, few);

const numbers = pointsOf(
  fc.oneof(
    fc.record({ ...anyPoint, exemplars, asDouble: double }, optional),
    fc.record({ ...anyPoint, exemplars, asInt: integer64 }, optional),
  ),
);
const histograms = pointsOf(
  fc.record(
    {
      ...anyPoint,
      exemplars,
      count,
      sum: double,
      bucketCounts: fc.array(count),
      explicitBounds: fc.array(double),
      min: double,
      max: double,
    },
    optional,
  ),
);
const exponentialHistograms = pointsOf(
  fc.record(
    {
      ...anyPoint,
      exemplars,
      count,
      sum: double,
      scale: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      zeroCount: count,
      zeroThreshold: double,
      positive: buckets,
      negative: buckets,
    },
    optional,
  ),
);
const summaries = pointsOf(
  fc.record(
    {
      ...anyPoint,
      count,
      sum: double,
      quantileValues: fc.array(fc.record({ quantile: double, value: double })),
    },
    optional,
  ),
);

const about = { name: text, description: text, unit: text, metadata: attributes };
const metric = fc.oneof(
  fc.record(about, optional),
  fc.record({ ...about, gauge: fc.record({ dataPoints: numbers }) }),
  fc.record({
    ...about,
    sum: fc.record(
      { dataPoints: numbers, aggregationTemporality: temporality, isMonotonic: fc.boolean() },
      optional,
    ),
  }),
  fc.record({
    ...about,
    histogram: fc.record({ dataPoints: histograms, aggregationTemporality: temporality }, optional),
  }),
  fc.record({
    ...about,
    exponentialHistogram: fc.record(
      { dataPoints: exponentialHistograms, aggregationTemporality: temporality },
      optional,
    ),
  }),
  fc.record({ ...about, summary: fc.record({ dataPoints: summaries }) }),
);

export const metricsRequests: fc.Arbitrary<Json> = fc.record({
  resourceMetrics: fc.array(
    fc.record({
      resource,
      schemaUrl: text,
      scopeMetrics: fc.array(fc.record({ scope, schemaUrl: text, metrics: fc.array(metric, few) }), few),
    }),
    few,
  ),
});
