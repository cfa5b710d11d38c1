import { expect, test } from 'vitest';
import { call, mark, searchResult, stubQueries } from '../../../test/mcp/stub-queries.ts';
import { realTokens } from '../../../test/support/tokens.ts';
import type { Cell } from '../../query/results.ts';
import { formatTime } from '../../telemetry/time.ts';
import { searchTraces } from './search-traces.ts';

const gateway = { pod_name: 'gateway-6f6cfc45b-h5m2n', namespace: 'ts', cluster: null, workload: 'gateway' };
const checkout = { ...gateway, pod_name: 'checkout-5c66d57d58-6mp2b', workload: 'checkout' };
const traces = ['4d283535146573cc37cc31b7e3866b66', '475f6edcc64657870cfc76a422049cd9'];

function span(origin: typeof gateway, i: number, operation: string, duration: number): Record<string, Cell> {
  return {
    timestamp: 1_674_988_190_000_000_000n - BigInt(i) * 1_000_500n,
    trace_id: traces[i < 3 ? 0 : 1] ?? null,
    span_id: `${i}6f9c38fc25e19${i}`,
    ...origin,
    role: i % 2 === 0 ? 'server' : 'client',
    status: 'ok',
    protocol_type: i % 2 === 0 ? null : 'HTTP',
    operation_name: operation,
    duration,
    return_code: null,
  };
}

const spans = [
  span(gateway, 0, '/*', 372_012_345),
  span(gateway, 1, 'HTTP POST', 372_012_346),
  span(checkout, 2, '/api/v1/pay', 33_000_000),
  span(gateway, 3, 'HTTP POST', 1_240_000_000),
];

test('compact', async () => {
  const result = searchResult('traces', spans, {
    matched: 178_710,
    cursors: [null, null, null, 'AQIDBAUGBwg'],
  });
  const text = await searchTraces(stubQueries({ search: result })).answer({}, call(), mark);
  expect(text).toMatchInlineSnapshot(`
    "4 of 178710 spans; newest first; 2023-01-29 08:41:00 to 10:30:00 UTC
    <untrusted-483920>
    no value:	cluster	return_code
    all rows:	namespace=ts	status=ok
    origin	pod_name	workload
    o1	gateway-6f6cfc45b-h5m2n	gateway
    o2	checkout-5c66d57d58-6mp2b	checkout
    trace	trace_id
    t1	4d283535146573cc37cc31b7e3866b66
    t2	475f6edcc64657870cfc76a422049cd9
    timestamp	trace	span_id	origin	role	protocol_type	operation_name	duration
    10:29:50.000	t1	06f9c38fc25e190	o1	server	-	/*	372.01234 ms
    10:29:49.998	t1	16f9c38fc25e191	o1	client	HTTP	HTTP POST	372.01235 ms
    10:29:49.997	t1	26f9c38fc25e192	o2	server	-	/api/v1/pay	33 ms
    10:29:49.996	t2	36f9c38fc25e193	o1	client	HTTP	HTTP POST	1.24 s
    </untrusted-483920>
    note: durations are rounded; format "json" has them exact
    more: 178706 more match: repeat the call with cursor "AQIDBAUGBwg""
  `);
});

test('the slowest first, without the usual columns', async () => {
  const result = searchResult(
    'traces',
    [...spans]
      .sort((a, b) => Number(b.duration) - Number(a.duration))
      .map(({ span_id = null, duration = null }) => ({ span_id, duration })),
    { matched: 178_710, order: 'slowest', before: 8, cursors: [null, null, null, 'AQIDBAUGBwg'] },
  );
  const queries = stubQueries({ search: result });
  const text = await searchTraces(queries).answer({ order: 'slowest', fields: 'duration' }, call(), mark);
  expect(queries.requests).toMatchObject([
    { signal: 'traces', order: 'slowest', fields: [{ field: 'duration' }] },
  ]);
  expect(text).toMatchInlineSnapshot(`
    "9 to 12 of 178710 spans; slowest first; 2023-01-29 08:41:00 to 10:30:00 UTC
    <untrusted-483920>
    span_id	duration
    36f9c38fc25e193	1.24 s
    16f9c38fc25e191	372.01235 ms
    06f9c38fc25e190	372.01234 ms
    26f9c38fc25e192	33 ms
    </untrusted-483920>
    note: durations are rounded; format "json" has them exact
    more: 178698 more match: repeat the call with cursor "AQIDBAUGBwg""
  `);
});

test('durations are exact numbers of ns in JSON', async () => {
  const result = searchResult('traces', spans);
  const text = await searchTraces(stubQueries({ search: result })).answer({ format: 'json' }, call(), mark);
  const { columns, rows } = JSON.parse(text);
  expect(rows.map((row: unknown[]) => row[columns.indexOf('duration')])).toEqual([
    372_012_345, 372_012_346, 33_000_000, 1_240_000_000,
  ]);
});

test('costs at most 60 % of the same rows as JSON objects', async () => {
  const origins = [gateway, checkout, { ...checkout, pod_name: 'checkout-5c66d57d58-tdsdz' }];
  const rows = Array.from({ length: 10 }, (_, i) =>
    span(origins[i % 3] ?? gateway, i, `/api/v1/${i % 4}`, 7_654_321 * (i + 1)),
  );
  const result = searchResult('traces', rows, { matched: 178_710 });
  const text = await searchTraces(stubQueries({ search: result })).answer({}, call(), mark);
  const objects = rows.map((row) => ({ ...row, timestamp: formatTime(BigInt(row.timestamp ?? 0)) }));
  expect(realTokens(text)).toBeLessThan(0.6 * realTokens(JSON.stringify(objects)));
});
