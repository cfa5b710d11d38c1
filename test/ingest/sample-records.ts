import type { LogRecord, Origin, SpanRecord } from '../../src/store/rows/record.ts';

// A log record and a span with something in every field.

export const origin: Origin = {
  resource: { attributes: ['service.name', 'checkout', 'k8s.pod.name', 'checkout-0'], schemaUrl: 'r' },
  scope: { name: 'scope', version: '1', attributes: ['k', 'v'], schemaUrl: 's' },
  defect: undefined,
};
export const log: LogRecord = {
  time: 1_767_225_600_123_456_789n,
  observedTime: 0n,
  severityNumber: 17,
  severityText: 'ERROR',
  body: 'Überweisung 💶 failed',
  attributes: ['http.route', '/pay'],
  traceId: '5b8efff798038103d269b633813fc60c',
  spanId: 'eee19b7ec3c1b174',
  flags: 257,
  eventName: 'payment.failed',
  defect: undefined,
};
export const span: SpanRecord = {
  traceId: '5b8efff798038103d269b633813fc60c',
  spanId: 'eee19b7ec3c1b174',
  parentSpanId: 'eee19b7ec3c1b173',
  traceState: 'vendor=1',
  name: 'POST /pay',
  kind: 3,
  start: 1_767_225_600_000_000_001n,
  end: 1_767_225_600_000_000_009n,
  attributes: ['http.request.method', 'POST'],
  events: [
    { time: 1_767_225_600_000_000_005n, name: 'exception', attributes: ['exception.type', 'IOException'] },
    { time: 0n, name: '', attributes: [] },
  ],
  links: [{ traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceState: 'a=b', attributes: ['k', 'v'] }],
  statusCode: 2,
  statusMessage: 'timeout',
  defect: undefined,
};
