import { describe, expect, test } from 'vitest';
import { logsOfJson, spansOfJson } from '../../../test/ingest/decode.ts';
import {
  encodeJson,
  type Json,
  log,
  logsRequest,
  span,
  tracesRequest,
} from '../../../test/ingest/otlp-messages.ts';
import { InputError } from '../../telemetry/input-error.ts';

const logOf = (record: Json) => logsOfJson(encodeJson(logsRequest([record])))[0]?.[0];
const spanOf = (json: Json) => spansOfJson(encodeJson(tracesRequest([json])))[0]?.[0];

describe('what OTLP/JSON allows', () => {
  test('64-bit integers as strings or numbers, strings keeping all digits', () => {
    expect(logOf({ timeUnixNano: '1767225600123456789' })?.time).toBe(1767225600123456789n);
    expect(logOf({ timeUnixNano: 1767225600000000000 })?.time).toBe(1767225600000000000n);
    expect(logOf({ body: { intValue: 42 } })?.body).toBe('42');
    expect(logOf({ body: { intValue: '-9223372036854775808' } })?.body).toBe('-9223372036854775808');
  });

  test('enums as numbers, and as names too', () => {
    expect(logOf({ severityNumber: 13 })?.severityNumber).toBe(13);
    expect(logOf({ severityNumber: 'SEVERITY_NUMBER_WARN' })?.severityNumber).toBe(13);
    expect(logOf({ severityNumber: 'SEVERITY_NUMBER_FATAL4' })?.severityNumber).toBe(24);
    expect(spanOf({ kind: 'SPAN_KIND_CONSUMER', status: { code: 'STATUS_CODE_ERROR' } })).toMatchObject({
      kind: 5,
      statusCode: 2,
    });
  });

  test('ids in capitals', () => {
    const ids = { traceId: '5B8EFFF798038103D269B633813FC60C', spanId: 'EEE19B7EC3C1B174' };
    expect(spanOf(ids)).toMatchObject({
      traceId: '5b8efff798038103d269b633813fc60c',
      spanId: 'eee19b7ec3c1b174',
    });
  });

  test('null for a field that is not there', () => {
    const nothing = { timeUnixNano: null, body: null, attributes: null, traceId: null, severityNumber: null };
    expect(logOf(nothing)).toEqual(logOf({}));
    expect(logOf({ body: { stringValue: null, intValue: '1' } })?.body).toBe('1');
    expect(logsOfJson(encodeJson({ resourceLogs: null }))).toEqual([]);
  });

  test('unknown fields, the names of the .proto files among them', () => {
    const unknown = { time_unix_nano: '5', severity_text: 'INFO', somethingNew: [{ a: 1 }] };
    expect(logOf({ ...unknown, body: { stringValue: 'x', stringValueStrindex: 3 } })).toEqual(
      logOf({ body: { stringValue: 'x' } }),
    );
  });

  test('doubles that JSON has no number for', () => {
    const values = ['NaN', 'Infinity', '-Infinity', '1.5', 2].map((doubleValue) => ({ doubleValue }));
    expect(values.map((body) => logOf({ body })?.body)).toEqual(['NaN', 'Infinity', '-Infinity', '1.5', '2']);
  });

  test('bytes in both alphabets of base64', () => {
    expect(logOf({ body: { bytesValue: '//4A' } })?.body).toBe('//4A');
    expect(logOf({ body: { bytesValue: '__4A' } })?.body).toBe('//4A');
  });

  test('no body at all, which is what an empty message is in protobuf', () => {
    expect(logsOfJson(new Uint8Array())).toEqual([]);
  });

  test('keys that mean something to JavaScript', () => {
    const request = Buffer.from(
      '{"__proto__":{"resourceLogs":[{}]},"resourceLogs":[{"scopeLogs":[{"logRecords":[{"attributes":[' +
        '{"key":"__proto__","value":{"stringValue":"a"}},{"key":"constructor","value":{"kvlistValue":' +
        '{"values":[{"key":"__proto__","value":{"intValue":"1"}}]}}}]}]}]}]}',
    );
    expect(logsOfJson(request)[0]?.[0].attributes).toEqual([
      ...['__proto__', 'a', 'constructor', '{"__proto__":1}'],
    ]);
  });
});

test('an id that is not hexadecimal has the length of no id', () => {
  const base64 = spanOf({ traceId: 'W47/95gDgQPSabYzgT/GDA==', spanId: 'zzzzzzzzzzzzzzzz' });
  expect(base64?.traceId).not.toHaveLength(32);
  expect(base64?.spanId).not.toHaveLength(16);
});

test.each<[string, Json, string]>([
  ['a time', log('a', { timeUnixNano: 'now' }), 'timeUnixNano is not a 64-bit integer'],
  ['a time with a fraction', log('a', { timeUnixNano: 1.5 }), 'timeUnixNano is not a 64-bit integer'],
  [
    'a time of a thousand digits',
    log('a', { timeUnixNano: '9'.repeat(1000) }),
    'timeUnixNano is not a 64-bit integer',
  ],
  [
    'a severity',
    log('a', { severityNumber: 'INFO' }),
    'severityNumber is not a number or one of SEVERITY_NUMBER_UNSPECIFIED, ',
  ],
  ['a text', log('a', { severityText: 9 }), 'severityText is not a string'],
  ['a body', { body: 'plain text' }, 'body is not an AnyValue, such as {"stringValue":"…"}'],
  ['a string value', { body: { stringValue: 1 } }, 'stringValue is not a string'],
  ['an integer value', { body: { intValue: '1.5' } }, 'intValue is not a 64-bit integer'],
  [
    'an integer past 64 bits',
    { body: { intValue: '9223372036854775808' } },
    'intValue is not a signed 64-bit integer',
  ],
  ['a boolean value', { body: { boolValue: 'true' } }, 'boolValue is not true or false'],
  [
    'a double value',
    { body: { doubleValue: 'much' } },
    'doubleValue is not a number, "NaN", "Infinity" or "-Infinity"',
  ],
  ['bytes', { body: { bytesValue: 'a b' } }, 'bytesValue is not base64'],
  ['an array', { body: { arrayValue: { values: {} } } }, 'arrayValue.values is not an array'],
  ['attributes', log('a', { attributes: { a: 'b' } }), 'attributes is not an array of objects'],
  ['a trace id', log('a', { traceId: 5 }), 'traceId is not a string'],
])('a request is refused with the path of what is wrong: %s', (_, record, message) => {
  const request = {
    resourceLogs: [{}, { scopeLogs: [{ logRecords: [log('fine'), log('fine'), record] }] }],
  };
  expect(() => logsOfJson(encodeJson(request))).toThrow(InputError);
  expect(() => logsOfJson(encodeJson(request))).toThrow(
    `resourceLogs[1].scopeLogs[0].logRecords[2].${message}`,
  );
});

test.each<[string, Json, string]>([
  ['a resource', { resourceLogs: [{ resource: [] }] }, 'resourceLogs[0].resource is not an object'],
  ['resources', { resourceLogs: {} }, 'request.resourceLogs is not an array of objects'],
  [
    'a scope',
    { resourceLogs: [{ scopeLogs: [{ scope: 1 }] }] },
    'resourceLogs[0].scopeLogs[0].scope is not an object',
  ],
  ['no object', [], 'the body is not a JSON object'],
  ['null', null, 'the body is not a JSON object'],
])('and so is what stands around the records: %s', (_, request, message) => {
  expect(() => logsOfJson(encodeJson(request))).toThrow(new InputError(message));
});

test('and so is an event of a span', () => {
  const request = tracesRequest([span('a', { events: [{}, { timeUnixNano: true }] })]);
  expect(() => spansOfJson(encodeJson(request))).toThrow(
    'resourceSpans[0].scopeSpans[0].spans[0].events[1].timeUnixNano is not a 64-bit integer',
  );
});

test.each(['{', '{"resourceLogs":[}', 'nul', '{"a":1}x'])('what is not JSON: %s', (body) => {
  expect(() => logsOfJson(Buffer.from(body))).toThrow(/^the body is not valid JSON(, at character \d+)?$/);
});
