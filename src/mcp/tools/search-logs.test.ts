import { describe, expect, test } from 'vitest';
import { call, mark, searchResult, stubQueries } from '../../../test/mcp/stub-queries.ts';
import type { Cell } from '../../query/results.ts';
import { searchLogs } from './search-logs.ts';

const pod = {
  workload: 'checkout',
  namespace: 'payments',
  cluster: null,
  pod_name: 'checkout-5c66d57d58-6mp2b',
  container_name: 'server',
  node_name: '10.0.0.1',
};
const otherPod = { ...pod, pod_name: 'checkout-5c66d57d58-tdsdz', node_name: '10.0.0.2' };

function record(origin: typeof pod, time: bigint, body: string): Record<string, Cell> {
  return {
    timestamp: time,
    ...origin,
    level: 'ERROR',
    format: 'text',
    body_length: [...body].length,
    body,
  };
}

const records = [
  record(pod, 1_674_988_191_123_456_789n, 'connection to 10.2.3.4:5432 timed out'),
  record(otherPod, 1_674_988_191_123_000_000n, 'order 4711: payment refused\n\tat Pay.java:12'),
  record(pod, 1_674_988_190_000_000_000n, '\u001b[31mcard declined\u001b[0m'),
  record(otherPod, 1_674_988_189_500_000_000n, '-'),
];

const asked = { from_time: '2023-01-29T08:41:00Z', to_time: '2023-01-29T10:30:00Z' };

describe('compact', () => {
  test('records', async () => {
    const result = searchResult('logs', records, {
      matched: 921,
      filter: 'level = "ERROR"',
      cursors: [null, null, null, 'AQIDBAUGBwg'],
    });
    const text = await searchLogs(stubQueries({ search: result })).answer(asked, call(), mark);
    expect(text).toMatchInlineSnapshot(`
      "4 of 921 logs; newest first; 2023-01-29 08:41:00 to 10:30:00 UTC
      <untrusted-483920>
      no value:	cluster
      all rows:	workload=checkout	namespace=payments	container_name=server	level=ERROR	format=text
      origin	pod_name	node_name
      o1	checkout-5c66d57d58-6mp2b	10.0.0.1
      o2	checkout-5c66d57d58-tdsdz	10.0.0.2
      timestamp	origin	body_length	body
      10:29:51.123456	o1	37	connection to 10.2.3.4:5432 timed out
      10:29:51.123000	o2	43	order 4711: payment refused\\n\\tat Pay.java:12
      10:29:50.000000	o1	22	\\e[31mcard declined\\e[0m
      10:29:49.500000	o2	1	\\-
      </untrusted-483920>
      more: 917 more match: repeat the call with cursor "AQIDBAUGBwg""
    `);
  });

  test('long bodies, a filter that was rewritten, a relative window, notes', async () => {
    const long = [
      record(pod, 1_674_988_191_123_456_789n, `request failed: ${'x'.repeat(90)}`),
      record(otherPod, 1_674_901_790_000_000_000n, 'short'),
    ];
    const result = searchResult('logs', long, {
      window: { from: 1_674_900_000_000_000_000n, to: 1_674_988_200_250_000_000n },
      now: 1_674_988_200_250_000_000n,
      filter: 'level = "ERROR" AND body LIKE "%failed%"',
      filterRewritten: true,
      order: 'oldest',
      notes: ['message is body', { text: 'values of @tier near it: "gold"', quotesTelemetry: true }],
    });
    const text = await searchLogs(stubQueries({ search: result })).answer({ limit: 500 }, call(), mark);
    expect(text).toMatchInlineSnapshot(`
      "2 of 2 logs; oldest first; 2023-01-28 10:00:00 to 2023-01-29 10:30:00.25 UTC (server clock 2023-01-29 10:30:00 UTC)
      filter: level = "ERROR" AND body LIKE "%failed%"
      <untrusted-483920>
      no value:	cluster
      all rows:	workload=checkout	namespace=payments	container_name=server	level=ERROR	format=text
      timestamp	pod_name	node_name	body_length
      2023-01-29 10:29:51.123	checkout-5c66d57d58-6mp2b	10.0.0.1	106
      	request failed: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
      2023-01-28 10:29:50.000	checkout-5c66d57d58-tdsdz	10.0.0.2	5
      	short
      note: values of @tier near it: "gold"
      </untrusted-483920>
      note: limit 500 was lowered to 10, the most there is
      note: message is body"
    `);
  });

  test('one record', async () => {
    const result = searchResult('logs', records.slice(0, 1));
    const text = await searchLogs(stubQueries({ search: result })).answer(asked, call(), mark);
    expect(text).toMatchInlineSnapshot(`
      "1 of 1 logs; 2023-01-29 08:41:00 to 10:30:00 UTC
      <untrusted-483920>
      no value:	cluster
      row:	workload=checkout	namespace=payments	pod_name=checkout-5c66d57d58-6mp2b	container_name=server	node_name=10.0.0.1	level=ERROR	format=text	body_length=37
      timestamp	body
      10:29:51.123	connection to 10.2.3.4:5432 timed out
      </untrusted-483920>"
    `);
  });

  test('nothing', async () => {
    const result = searchResult('logs', [], { notes: ['without the filter the window holds 93436 logs'] });
    const text = await searchLogs(stubQueries({ search: result })).answer(asked, call(), mark);
    expect(text).toMatchInlineSnapshot(`
      "no logs match; 2023-01-29 08:41:00 to 10:30:00 UTC
      note: without the filter the window holds 93436 logs"
    `);
  });

  test('what does not fit is cut, and said', async () => {
    const many = Array.from({ length: 10 }, (_, i) =>
      record(
        pod,
        BigInt(i) + 1_674_988_190_000_000_000n,
        `${i} ${'stack trace '.repeat(200 * i)}caused by ${i}`,
      ),
    );
    const result = searchResult('logs', many, { matched: 10, order: 'oldest' });
    const tool = searchLogs(stubQueries({ search: result }));
    expect(await tool.answer({ ...asked, max_tokens: 1000 }, call(), mark)).toMatchInlineSnapshot(`
      "10 of 10 logs; oldest first; 2023-01-29 08:41:00 to 10:30:00 UTC
      <untrusted-483920>
      no value:	cluster
      all rows:	workload=checkout	namespace=payments	pod_name=checkout-5c66d57d58-6mp2b	container_name=server	node_name=10.0.0.1	level=ERROR	format=text
      timestamp	body_length
      10:29:50.000000000	13
      	0 caused by 0
      10:29:50.000000001	2413
      	1 stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace sta…[+2064]…ck trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace caused by 1
      10:29:50.000000002	4813
      	2 stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace sta…[+4464]…ck trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace caused by 2
      10:29:50.000000003	7213
      	3 stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace sta…[+6864]…ck trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace caused by 3
      10:29:50.000000004	9613
      	4 stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace sta…[+9264]…ck trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace caused by 4
      10:29:50.000000005	12013
      	5 stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace sta…[+11664]…ck trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace caused by 5
      10:29:50.000000006	14413
      	6 stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace sta…[+14064]…ck trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace caused by 6
      10:29:50.000000007	16813
      	7 stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace sta…[+16464]…ck trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace caused by 7
      10:29:50.000000008	19213
      	8 stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace sta…[+18864]…ck trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace caused by 8
      10:29:50.000000009	21613
      	9 stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace sta…[+21264]…ck trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace stack trace caused by 9
      </untrusted-483920>
      note: 9 values are cut: …[+N] stands for N characters left out; to see all, raise max_tokens (up to 25000), or ask for fewer fields or a lower limit"
    `);
  });
});

test('json', async () => {
  const result = searchResult('logs', records.slice(0, 2), {
    matched: 921,
    now: 1_674_988_200_250_000_000n,
    filter: 'level = "ERROR"',
    cursors: ['AQIDBAUGBwg', 'CQoLDA0ODxA'],
    notes: ['message is body', { text: 'values near it: "gold"', quotesTelemetry: true }],
  });
  const text = await searchLogs(stubQueries({ search: result })).answer({ format: 'json' }, call(), mark);
  expect(JSON.parse(text)).toEqual({
    window: { from: '2023-01-29T08:41:00Z', to: '2023-01-29T10:30:00Z' },
    filter: 'level = "ERROR"',
    matched: 921,
    returned: 2,
    columns: [
      'timestamp',
      'workload',
      'namespace',
      'cluster',
      'pod_name',
      'container_name',
      'node_name',
      'level',
      'format',
      'body_length',
      'body',
    ],
    rows: [
      [
        '2023-01-29T10:29:51.123456789Z',
        'checkout',
        'payments',
        null,
        'checkout-5c66d57d58-6mp2b',
        'server',
        '10.0.0.1',
        'ERROR',
        'text',
        37,
        'connection to 10.2.3.4:5432 timed out',
      ],
      [
        '2023-01-29T10:29:51.123Z',
        'checkout',
        'payments',
        null,
        'checkout-5c66d57d58-tdsdz',
        'server',
        '10.0.0.2',
        'ERROR',
        'text',
        43,
        'order 4711: payment refused\n\tat Pay.java:12',
      ],
    ],
    next_cursor: 'CQoLDA0ODxA',
    notes: ['server clock: 2023-01-29T10:30:00.250Z', 'message is body', 'values near it: "gold"'],
  });
});

test('what is asked reaches the query', async () => {
  const queries = stubQueries({ search: searchResult('logs', []) });
  await searchLogs(queries).answer(
    {
      from_time: 'now-15m',
      filters: 'level = ERROR',
      fields: ['workload', { field: '@http.route', type: 'string', is_attribute: true }],
      limit: '3',
      order: 'oldest',
      next_cursor: 'AQIDBAUGBwg',
    },
    call(),
    mark,
  );
  await searchLogs(queries).answer({}, call(), mark);
  expect(queries.requests).toEqual([
    {
      signal: 'logs',
      fromTime: 'now-15m',
      toTime: undefined,
      filters: 'level = ERROR',
      fields: [{ field: 'workload' }, { field: '@http.route' }],
      limit: 3,
      order: 'oldest',
      cursor: 'AQIDBAUGBwg',
    },
    {
      signal: 'logs',
      fromTime: undefined,
      toTime: undefined,
      filters: undefined,
      fields: undefined,
      limit: 10,
      order: 'newest',
      cursor: undefined,
    },
  ]);
});

test('logs have no duration to order by', async () => {
  const answer = searchLogs(stubQueries({})).answer({ order: 'slowest' }, call(), mark);
  await expect(answer).rejects.toThrow('"order" takes "newest" or "oldest", not "slowest"');
});
