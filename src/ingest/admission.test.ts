import { describe, expect, test } from 'vitest';
import type { LogRecord, Origin, SpanRecord } from '../store/rows/record.ts';
import { admitLog, admitSpan, originRejection } from './admission.ts';

const second = 1_000_000_000n;
const day = 86_400n * second;
const arrival = 1_767_225_600n * second;

const log: LogRecord = {
  time: arrival,
  observedTime: 0n,
  severityNumber: 9,
  severityText: '',
  body: 'a',
  attributes: [],
  traceId: '5b8efff798038103d269b633813fc60c',
  spanId: 'eee19b7ec3c1b174',
  flags: 0,
  eventName: '',
  defect: undefined,
};
const span: SpanRecord = {
  traceId: '5b8efff798038103d269b633813fc60c',
  spanId: 'eee19b7ec3c1b174',
  parentSpanId: '',
  traceState: '',
  name: 'a',
  kind: 0,
  start: arrival,
  end: arrival,
  attributes: [],
  events: [],
  links: [],
  statusCode: 0,
  statusMessage: '',
  defect: undefined,
};

const year2262 = 9_214_646_400n * second;
const badTimes: [string, bigint, string][] = [
  ['before 1970', -1n, 'is before 1970'],
  ['after 2261', year2262, 'is after 2261'],
  ['as large as can be', 2n ** 64n - 1n, 'is after 2261'],
  ['more than a day ahead', arrival + day + 1n, "is more than one day ahead of the server's clock"],
];

describe('a log record', () => {
  test('is stored as it is where nothing is wrong with it', () => {
    expect(admitLog(log, arrival)).toEqual({ record: log });
  });

  test('has its time, else the time it was observed, else that of its arrival', () => {
    const timeOf = (time: bigint, observedTime: bigint) => {
      const admission = admitLog({ ...log, time, observedTime }, arrival);
      return 'record' in admission ? admission.record.time : undefined;
    };
    expect(timeOf(1n, 2n)).toBe(1n);
    expect(timeOf(0n, 2n)).toBe(2n);
    expect(timeOf(0n, 0n)).toBe(arrival);
  });

  test('may be up to one day ahead, and as old as 1970', () => {
    expect(admitLog({ ...log, time: arrival + day }, arrival)).toHaveProperty('record');
    expect(admitLog({ ...log, time: 1n }, arrival)).toHaveProperty('record');
    expect(admitLog({ ...log, time: year2262 - 1n }, year2262)).toHaveProperty('record');
  });

  test.each(badTimes)('is rejected with a time %s', (_, time, reason) => {
    expect(admitLog({ ...log, time }, arrival)).toEqual({ rejection: `a time ${reason}` });
    expect(admitLog({ ...log, time: 0n, observedTime: time }, arrival)).toEqual({
      rejection: `a time ${reason}`,
    });
  });

  test.each(['1234', 'invalid', `${log.traceId}00`])('loses an id that is none, with a warning: %s', (id) => {
    const warning = 'a trace id that is not 16 bytes, or a span id that is not 8 bytes, was left out';
    expect(admitLog({ ...log, traceId: id }, arrival)).toEqual({ record: { ...log, traceId: '' }, warning });
    expect(admitLog({ ...log, spanId: id }, arrival)).toEqual({ record: { ...log, spanId: '' }, warning });
  });

  test('has no id where it is all zeros, without a word', () => {
    const zeros = { ...log, traceId: '0'.repeat(32), spanId: '0'.repeat(16) };
    expect(admitLog(zeros, arrival)).toEqual({ record: { ...log, traceId: '', spanId: '' } });
  });

  test('is rejected with its defect', () => {
    expect(admitLog({ ...log, defect: 'broken' }, arrival)).toEqual({ rejection: 'broken' });
  });
});

describe('a span', () => {
  test('is stored as it is where nothing is wrong with it', () => {
    expect(admitSpan(span, arrival)).toEqual({ record: span });
  });

  test('is rejected without a start', () => {
    expect(admitSpan({ ...span, start: 0n }, arrival)).toEqual({ rejection: 'a span has no start time' });
  });

  test.each(badTimes)('is rejected with a time %s', (_, time, reason) => {
    expect(admitSpan({ ...span, start: time }, arrival)).toEqual({ rejection: `a start time ${reason}` });
    expect(admitSpan({ ...span, end: time }, arrival)).toEqual({ rejection: `an end time ${reason}` });
    const events = [
      { time: 0n, name: '', attributes: [] },
      { time, name: '', attributes: [] },
    ];
    expect(admitSpan({ ...span, events }, arrival)).toEqual({ rejection: `an event's time ${reason}` });
  });

  test.each<[string, Partial<SpanRecord>, RegExp]>([
    ['no trace id', { traceId: '' }, /^a trace id is not 16 bytes/],
    ['a short trace id', { traceId: 'ab' }, /^a trace id is not 16 bytes/],
    ['a trace id of zeros', { traceId: '0'.repeat(32) }, /^a trace id .* all zeros$/],
    ['no span id', { spanId: '' }, /^a span id is not 8 bytes/],
    ['a span id of zeros', { spanId: '0'.repeat(16) }, /^a span id .* all zeros$/],
    ['a long parent id', { parentSpanId: '1'.repeat(18) }, /^a parent span id is not 8 bytes$/],
  ])('is rejected with %s', (_, fields, reason) => {
    expect(admitSpan({ ...span, ...fields }, arrival)).toEqual({ rejection: expect.stringMatching(reason) });
  });

  test('is a root where its parent is all zeros', () => {
    expect(admitSpan({ ...span, parentSpanId: '0'.repeat(16) }, arrival)).toEqual({ record: span });
  });

  test('loses ids of links that are none, with a warning', () => {
    const sound = { traceId: span.traceId, spanId: span.spanId, traceState: '', attributes: [] };
    const links = [sound, { ...sound, traceId: 'ab' }, { ...sound, spanId: '' }];
    expect(admitSpan({ ...span, links }, arrival)).toEqual({
      record: { ...span, links: [sound, { ...sound, traceId: '' }, { ...sound, spanId: '' }] },
      warning: 'an invalid id of a span link was left out',
    });
  });
});

describe('an origin', () => {
  const origin = (...attributes: string[]): Origin => ({
    resource: { attributes, schemaUrl: '' },
    scope: { name: '', version: '', attributes: [], schemaUrl: '' },
    defect: undefined,
  });
  const shop = origin('k8s.namespace.name', 'shop', 'k8s.cluster.name', 'east');

  test('may be any for a key without limits', () => {
    expect(originRejection(shop, {})).toBeUndefined();
    expect(originRejection(origin(), {})).toBeUndefined();
  });

  test('has to be within the limits of the key', () => {
    expect(originRejection(shop, { namespaces: ['shop', 'web'], clusters: ['east'] })).toBeUndefined();
    expect(originRejection(shop, { namespaces: ['web'] })).toBe('the key may not write namespace "shop"');
    expect(originRejection(shop, { namespaces: ['shop'], clusters: ['west'] })).toBe(
      'the key may not write cluster "east"',
    );
    expect(originRejection(shop, { namespaces: [] })).toBe('the key may not write namespace "shop"');
  });

  test('is outside of limits where it does not say where it is', () => {
    expect(originRejection(origin('k8s.namespace.name', 'shop'), { clusters: ['east'] })).toBe(
      'the key is limited to clusters, and the resource has no k8s.cluster.name',
    );
    expect(originRejection(origin('k8s.namespace.name', ''), { namespaces: [''] })).toBe(
      'the key is limited to namespaces, and the resource has no k8s.namespace.name',
    );
  });

  test('with a defect rejects all of its records', () => {
    expect(originRejection({ ...shop, defect: 'broken' }, {})).toBe('broken');
  });
});
