import { describe, expect, test } from 'vitest';
import { call, mark, stubQueries } from '../../../test/mcp/stub-queries.ts';
import { realTokens } from '../../../test/support/tokens.ts';
import type { TraceResult } from '../../query/trace-requests.ts';
import { analyzeTrace } from '../../telemetry/trace/analyze-trace.ts';
import type { Span } from '../../telemetry/trace/span.ts';
import { getTrace } from './get-trace.ts';

const start = 1_674_988_190_000_000_000n;
const ms = 1e6;

function span(
  spanId: string,
  parentSpanId: string,
  [from, to]: readonly [number, number],
  more: Partial<Span>,
): Span {
  return {
    spanId,
    parentSpanId,
    name: 'op',
    role: 'internal',
    cluster: '',
    namespace: 'shop',
    workload: 'checkout',
    pod: 'checkout-0',
    failed: false,
    message: '',
    protocol: '',
    returnCode: '',
    resource: '',
    peer: '',
    start: from * ms,
    duration: (to - from) * ms,
    ...more,
  };
}

function traceResult(spans: readonly Span[], more: Partial<TraceResult> = {}): TraceResult {
  const trace = analyzeTrace(spans);
  return {
    ...trace,
    traceId: '6f3cbf058c2765548a39ad724905d6a1',
    picked: undefined,
    window: { from: start, to: start + BigInt(trace.duration) },
    now: undefined,
    spansTotal: spans.length,
    top: undefined,
    logs: [],
    logsTotal: 0,
    notes: [],
    ...more,
  };
}

const checkout = [
  span('a0', '', [0, 1000], { name: 'POST /checkout', role: 'server', returnCode: '500', failed: true }),
  ...Array.from({ length: 27 }, (_, i) =>
    span(`b${i}`, 'a0', [10 + 10 * i, 18 + 10 * i], {
      name: `SELECT price WHERE id = ${i}`,
      role: 'client',
      peer: 'postgres',
    }),
  ),
  span('c0', 'a0', [300, 980], { name: 'POST', role: 'client' }),
  span('c1', 'c0', [420, 970], {
    name: 'POST /pay',
    role: 'server',
    workload: 'payments',
    failed: true,
    message: 'java.net.SocketTimeoutException: bank',
  }),
  span('d0', 'gone', [500, 510], { name: 'audit', workload: 'audit' }),
];

const shown = traceResult(checkout, {
  logs: [
    { at: 960 * ms, span: 29, workload: 'payments', level: 'ERROR', body: 'bank did not answer\nin time' },
    { at: 970 * ms, span: -1, workload: 'gateway', level: 'WARN', body: 'gave up' },
  ],
  logsTotal: 5,
});

const answer = (result: TraceResult, args: object = {}) =>
  getTrace(stubQueries({ getTrace: result })).answer({ trace_id: result.traceId, ...args }, call(), mark);

test('compact', async () => {
  expect(await answer(shown)).toMatchInlineSnapshot(`
    "trace 6f3cbf058c2765548a39ad724905d6a1: 31 spans of 3 workloads, 2 failed, 5 logs; from 2023-01-29 10:29:50 UTC, 1 s; spans cover 1 s, self times add up to 1.01 s (the rest ran in parallel)
    <untrusted-483920>
    all spans:	namespace=shop
    critical path, by workload:	payments 550 ms (55 %)	checkout 450 ms (45 %)
    at_ms	ms	self_ms	critical_ms (=: as self_ms)	span (workload, role, operation)
    0	1000	104	=	checkout server POST /checkout; ERROR 500 (span_id a0)
    10	216	216	=	  client SELECT price WHERE id = *; ×27, total 216 ms, each 8 ms; to postgres
    300	680	130	=	  client POST; gap 130 ms (120 ms before, 10 ms after)
    420	550	550	=	    payments server POST /pay; ERROR: java.net.SocketTimeoutException: bank (span_id c1)
    960				      [log ERROR] bank did not answer\\nin time
    500	10	10	-	audit audit; parent not recorded
    logs that name no span of the trace:
    970				[log WARN gateway] gave up
    </untrusted-483920>
    note: 1 span names a parent that is not recorded: shown at the top, and what waited for it is not known
    note: 27 spans that are like their siblings are folded into 1 line (×N)
    note: 3 of 5 logs not shown: search-logs with trace_id has them all
    note: times are in ms, rounded to 4 digits; format "json" has them in ns"
  `);
});

test('JSON', async () => {
  const json = JSON.parse(await answer(shown, { format: 'json' }));
  expect(json).toMatchObject({
    trace_id: '6f3cbf058c2765548a39ad724905d6a1',
    window: { from: '2023-01-29T10:29:50Z', to: '2023-01-29T10:29:51Z' },
    picked: null,
    spans_total: 31,
    spans_shown: 31,
    failed: 2,
    duration_ns: 1000 * ms,
    covered_ns: 1000 * ms,
    self_total_ns: 1010 * ms,
    critical_path_of: 'a0',
  });
  expect(
    json.spans.map(({ span_id, count = 1 }: { span_id: string; count?: number }) => [span_id, count]),
  ).toEqual([
    ['a0', 1],
    ['b0', 27],
    ['c0', 1],
    ['c1', 1],
    ['d0', 1],
  ]);
  expect(json.spans[2].gap).toEqual({ total_ns: 130 * ms, before_ns: 120 * ms, after_ns: 10 * ms });
  expect(json.spans[3].logs).toEqual([
    {
      timestamp: '2023-01-29T10:29:50.960Z',
      level: 'ERROR',
      workload: 'payments',
      body: 'bank did not answer\nin time',
    },
  ]);
  const sum = (key: string) =>
    json.spans.reduce((all: number, one: Record<string, number>) => all + (one[key] ?? 0), 0);
  expect(sum('self_ns')).toBe(json.self_total_ns);
  expect(sum('critical_ns')).toBe(1000 * ms);
});

test('calls that fail for different reasons are not folded into one line', async () => {
  const reasons = ['deadlock', 'connection refused by 10.0.0.1', 'connection refused by 10.0.0.2'];
  const spans = [
    span('a0', '', [0, 100], {}),
    ...Array.from({ length: 9 }, (_, i) =>
      span(`b${i}`, 'a0', [10 * i, 10 * i + 5], { failed: true, message: reasons[i % 3] ?? '' }),
    ),
  ];
  const text = await answer(traceResult(spans));
  expect(text).toContain('×3, total 15 ms, each 5 ms; ERROR: deadlock (span_id b0)');
  expect(text).toContain('×6, total 30 ms, each 5 ms; ERROR: connection refused by 10.0.0.1 (span_id b1)');
});

test('what consumes a message late is no defect, and the critical path says whose it is', async () => {
  const spans = [
    span('a0', '', [0, 100], { name: 'POST /orders', role: 'server' }),
    span('b0', 'a0', [90, 95], { name: 'send orders', role: 'producer' }),
    span('c0', 'b0', [5000, 5500], { name: 'process orders', role: 'consumer', workload: 'shipping' }),
  ];
  const text = await answer(traceResult(spans));
  expect(text).not.toContain('after');
  expect(text).toContain('critical path of POST /orders (100 ms), by workload:\tcheckout 100 ms (100 %)');
  expect(text).toContain('producer send orders; queued 4.91 s');
});

test('the span that was picked is marked, and shown before others', async () => {
  const spans = [
    span('a0', '', [0, 9000], { name: 'POST /checkout' }),
    ...Array.from({ length: 200 }, (_, i) =>
      span(`b${i}`, 'a0', [10 * i, 10 * i + 9], { name: `step ${'x'.repeat(i)}`, failed: true }),
    ),
    span('c0', 'a0', [5000, 5001], { name: 'charge', role: 'client' }),
    span('d0', 'c0', [5000, 5001], { name: 'POST /charge', role: 'server', workload: 'payments' }),
  ];
  const picked = {
    pick: 'typical',
    filter: 'workload = payments',
    filterRewritten: false,
    rootsOnly: false,
    searched: { from: start, to: start + 1n },
    candidates: 1,
    spanId: 'd0',
    duration: ms,
    median: ms,
  } as const;
  const text = await answer(traceResult(spans, { picked }), { max_tokens: 1000 });
  expect(text).toContain('picked: nearest the median of 1 span that matches (1 ms, median 1 ms)');
  expect(text).toContain('payments server POST /charge; PICKED');
  expect(text.match(/PICKED/g)).toHaveLength(1);
  expect(text).toContain('spans are left out');
});

test.each([
  ['日本語の長い名前', 1000],
  ['🦑🧿', 1000],
  ['q7Zx', 1000],
])('long names of %s keep within the budget', async (part, max_tokens) => {
  const long = part.repeat(1000);
  const spans = Array.from({ length: 30 }, (_, i) =>
    span(`b${i}`, i === 0 ? '' : 'b0', [i === 0 ? 0 : 10 * i, i === 0 ? 1000 : 10 * i + 9], {
      name: `${i}${long}`,
      cluster: `c${i}${long}`,
      namespace: `n${i}${long}`,
      workload: `w${i}${long}`,
      peer: long,
      role: 'client',
      returnCode: long,
      failed: true,
      message: `${long}${i}`,
    }),
  );
  const log = { at: 1, span: 3, workload: long, level: long, body: long };
  const result = traceResult(spans, { logs: [log, { ...log, span: -1 }], logsTotal: 2 });
  for (const format of ['compact', 'json'] as const) {
    expect(realTokens(await answer(result, { max_tokens, format })), format).toBeLessThanOrEqual(max_tokens);
  }
});

test('arguments reach the query', async () => {
  const queries = stubQueries({ getTrace: shown });
  const tool = getTrace(queries);
  await tool.answer(
    { pick: 'typical', filters: 'workload = a', from_time: '1', span_id: 'c0' },
    call(),
    mark,
  );
  expect(queries.requests).toEqual([
    {
      traceId: undefined,
      pick: 'typical',
      filters: 'workload = a',
      fromTime: '1',
      toTime: undefined,
      spanId: 'c0',
    },
  ]);
});

describe('traces of 50,000 spans', () => {
  const names = ['reserve', 'quote', 'ship', 'bill', 'notify'];
  const wide = traceResult([
    span('root', '', [0, 60_000], { name: 'POST /batch', role: 'server' }),
    ...Array.from({ length: 50_000 }, (_, i) =>
      span(`s${i}`, i % 50 === 0 ? 'root' : `s${i - (i % 50)}`, [i, i + 0.9], {
        name: `${names[i % 5]} ${i}`,
        failed: i === 31_337,
        message: i === 31_337 ? 'the one that failed' : '',
      }),
    ),
  ]);
  const deep = traceResult(
    Array.from({ length: 50_000 }, (_, i) =>
      span(`s${i}`, i === 0 ? '' : `s${i - 1}`, [i / 1000, 100 - i / 1000], {
        name: `${'x'.repeat(i % 90)}y`,
      }),
    ),
    {
      logs: Array.from({ length: 1000 }, (_, i) => ({
        at: i,
        span: i * 50,
        workload: 'checkout',
        level: 'ERROR',
        body: `${'stack '.repeat(300)}${i}`,
      })),
      logsTotal: 40_000,
    },
  );

  test.each([
    ['wide', wide],
    ['deep', deep],
  ] as const)('%s', async (_, result) => {
    for (const max_tokens of [1000, 6000]) {
      for (const format of ['compact', 'json'] as const) {
        const text = await answer(result, { max_tokens, format });
        expect(realTokens(text)).toBeLessThanOrEqual(max_tokens);
        expect(text).toMatch(/folded into|left out/);
      }
    }
  });

  test('the one that failed is shown', async () => {
    expect(await answer(wide)).toContain('the one that failed');
  });
});
