import { describe, expect, test } from 'vitest';
import type { ShopLog, ShopSpan } from '../../src/demo/shop/records.ts';
import { analyze, count, describeFields } from '../support/answers.ts';
import { countsBy, logFields, logsIn, spanFields, spansIn } from './expected.ts';
import { useLoadedShop } from './loaded-shop.ts';

const running = useLoadedShop({ hours: 2 });

const namespace = ({ pod }: Pick<ShopSpan, 'pod'>) => pod.workload.namespace;
const workload = ({ pod }: Pick<ShopSpan, 'pod'>) => pod.workload.name;
const named =
  (...names: readonly string[]) =>
  ({ pod }: Pick<ShopSpan, 'pod'>) =>
    names.includes(pod.name);

/** The examples of the public page and of the filter syntax, and each operator. */
const logFilters: readonly (readonly [string, (log: ShopLog) => boolean])[] = [
  ['namespace = "default" AND level = ERROR', (log) => namespace(log) === 'default' && log.level === 'ERROR'],
  ['pod_name IN ("service-a", "service-b")', named('service-a', 'service-b')],
  ['message LIKE "%timeout%"', ({ body }) => body.includes('timeout')],
  ['@custom_field = value', ({ attributes }) => attributes.custom_field === 'value'],
  [
    "body LIKE '%timeout%' AND body NOT LIKE '%healthcheck%'",
    ({ body }) => body.includes('timeout') && !body.includes('healthcheck'),
  ],
  ['level != INFO', ({ level }) => level !== 'INFO'],
  ['level >= WARN', ({ level }) => level === 'WARN' || level === 'ERROR' || level === 'FATAL'],
  ['body_length > 200', ({ body }) => [...body].length > 200],
  ['body_length <= 60', ({ body }) => [...body].length <= 60],
  [
    'namespace NOT IN ("storefront", "default")',
    (log) => !['storefront', 'default'].includes(namespace(log)),
  ],
  ['format = json OR format = klog', ({ form }) => form === 'json' || form === 'klog'],
  ['trace_id IS NULL', ({ traceId }) => traceId === ''],
];

const spanFilters: readonly (readonly [string, (span: ShopSpan) => boolean])[] = [
  [
    'protocol_type = HTTP OR status = error',
    (span) => spanFields.protocol_type?.(span) === 'HTTP' || span.failed,
  ],
  ['pod_name IN ("service-a", "service-b")', named('service-a', 'service-b')],
  ['duration > 1000', ({ duration }) => duration > 1000],
  [
    "status = 'error' AND (workload = 'api-server' OR workload = 'auth-service')",
    (span) => span.failed && ['api-server', 'auth-service'].includes(workload(span)),
  ],
  ['duration_ms > 500', ({ duration }) => duration > 500e6],
  ['duration > 500ms', ({ duration }) => duration > 500e6],
  ['duration >= 1.5s', ({ duration }) => duration >= 1500e6],
  ['duration < 1ms', ({ duration }) => duration < 1e6],
  ['operation_name NOT LIKE "%orders%"', ({ name }) => !name.includes('orders')],
  ['return_code >= 400', ({ attributes }) => Number(attributes['http.response.status_code'] ?? 0) >= 400],
  [
    '@customer.id LIKE "c-100%"',
    ({ attributes }) => String(attributes['customer.id'] ?? '').startsWith('c-100'),
  ],
];

describe('the examples of filters', () => {
  test.each(logFilters)('logs: %s', async (filters, matches) => {
    const { assistant, logs, end } = running();
    const window = lastHours(end);
    const expected = logsIn(logs, { from: window.from_time, to: window.to_time }).filter(matches).length;
    expect(expected).toBeGreaterThan(0);
    expect(await count(assistant, 'analyze-logs', { ...window, filters })).toBe(expected);
  });

  test.each(spanFilters)('traces: %s', async (filters, matches) => {
    const { assistant, spans, end } = running();
    const window = lastHours(end);
    const expected = spansIn(spans, { from: window.from_time, to: window.to_time }).filter(matches).length;
    expect(expected).toBeGreaterThan(0);
    expect(await count(assistant, 'analyze-traces', { ...window, filters })).toBe(expected);
  });
});

describe('each field holds what the record was made with', () => {
  test.each(Object.entries(logFields))('logs: %s', async (field, reading) => {
    const { assistant, logs, end } = running();
    const window = { from_time: iso(end - 1_800_000_000_000n), to_time: iso(end) };
    const answer = await analyze(assistant, 'analyze-logs', {
      ...window,
      queryType: 'instant',
      groupBy: [field],
      limit: 200,
    });
    const counts = countsBy(logsIn(logs, answer.window), reading);
    expect(answer.groups_total).toBe(counts.length);
    expect(answer.series.map(({ labels, value }) => [labels[field], value])).toEqual(counts.slice(0, 200));
  });

  test.each(Object.entries(spanFields))('traces: %s', async (field, reading) => {
    const { assistant, spans, end } = running();
    const window = { from_time: iso(end - 1_800_000_000_000n), to_time: iso(end) };
    const answer = await analyze(assistant, 'analyze-traces', {
      ...window,
      queryType: 'instant',
      groupBy: [field],
      limit: 200,
    });
    const counts = countsBy(spansIn(spans, answer.window), reading);
    expect(answer.groups_total).toBe(counts.length);
    expect(answer.series.map(({ labels, value }) => [labels[field], value])).toEqual(counts.slice(0, 200));
  });
});

test('the fields that there are, an attribute of ours among them', async () => {
  const { assistant, logs, end } = running();
  const window = lastHours(end);
  const { fields } = await describeFields(assistant, { ...window, datasource: 'logs', search: 'custom' });
  const custom = fields.find(({ name }) => name === '@custom_field');
  const stored = logsIn(logs, { from: window.from_time, to: window.to_time });
  const having = stored.filter(({ attributes }) => 'custom_field' in attributes);
  expect(custom?.kind).toBe('attribute');
  expect(custom?.coverage).toBeCloseTo(having.length / stored.length, 2);
  expect([...(custom?.example_values ?? [])].sort()).toEqual(['other', 'value']);
});

const iso = (ns: bigint): string => new Date(Number(ns / 1_000_000n)).toISOString();

function lastHours(end: bigint): { readonly from_time: string; readonly to_time: string } {
  return { from_time: iso(end - 7_200_000_000_000n), to_time: iso(end) };
}
