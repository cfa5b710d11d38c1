import { describe, expect, test } from 'vitest';
import { call, mark, stubQueries, window } from '../../../test/mcp/stub-queries.ts';
import { MemoryMetricStore, samplesFrom } from '../../../test/support/memory-metric-store.ts';
import { clock } from '../../../test/support/metric-queries.ts';
import { sampleMetrics } from '../../../test/support/metric-sample.ts';
import { metricTools } from '../../../test/support/metric-tools.ts';
import { realTokens } from '../../../test/support/tokens.ts';
import { analyzeTelemetry } from './analyze-telemetry.ts';

const tools = metricTools(sampleMetrics());
const metrics = (promql: string) => ({ datasource: 'metrics', promql });
const formula = (expression: string) => ({ datasource: 'formula', expression });

const ask = (queries: unknown, args: Readonly<Record<string, unknown>> = {}) =>
  tools.ask('analyze-telemetry', { queries, ...args });
const refuse = (queries: unknown, args: Readonly<Record<string, unknown>> = {}) =>
  tools.refuse('analyze-telemetry', { queries, ...args });

const rates = {
  A: metrics('sum by (namespace, pod) (rate(http_requests_total[5m]))'),
  B: metrics('sum by (namespace) (rate(http_requests_total[5m]))'),
  share: formula('(A / B) * 100'),
};

describe('a formula without series is told', () => {
  test('which query is empty', async () => {
    const text = await ask({
      A: metrics('sum by (pod) (upp)'),
      B: metrics('sum by (pod) (up)'),
      C: formula('B / A'),
    });
    expect(text).toContain('there is no metric upp; near it there is up');
    expect(text).toMatch(/^C = B\/A; 0 series|^C = B \/ A; 0 series/m);
    expect(text).toContain('note: A gave no series: why, its own notes say');
  });

  test('what labels there are where none are equal', async () => {
    const renamed = 'sum by (pod) (label_replace(up, "pod", "x-$1", "pod", "(.*)"))';
    const text = await ask({ A: metrics(renamed), B: metrics('sum by (pod) (up)'), C: formula('A / B') });
    expect(text).toContain(
      'note: no labels are equal: A has {pod="x-cart-0"}, {pod="x-cart-1"}, …; B has {pod="cart-0"}, {pod="cart-1"}, …',
    );
  });

  test('and nothing where some meet', async () => {
    const text = await ask({
      A: metrics('sum by (pod) (heap_bytes)'),
      B: metrics('sum by (pod) (up)'),
      C: formula('A / B'),
    });
    expect(text).not.toMatch(/gave no series|no labels are equal/);
  });
});

describe('formulas over metrics', () => {
  test('a share in percent, where one side has a part of the labels', async () => {
    expect(await ask(rates)).toMatchInlineSnapshot(`
      "3 queries; 2026-03-01 11:00:00 to 12:00:00 UTC (server clock 2026-03-01 12:00:00 UTC)
      A: 3 series; at 2026-03-01 12:00:00 UTC
      B: 2 series; at 2026-03-01 12:00:00 UTC
      share = (A / B) * 100; 3 series; highest first
      <untrusted-483920>
      namespace	pod	share	A	B
      bank	ledger-0	100	2	2
      shop	cart-0	66.67	1	1.5
      shop	cart-1	33.33	0.5	1.5
      </untrusted-483920>
      note: A met B: 3 series joined, none alone
      note: values are rounded to 3 or more significant digits; format "json" has them exact"
    `);
  });

  test('over time, at the end of each bucket and shown at its start', async () => {
    expect(
      await ask(rates, {
        queryType: 'range',
        from_time: '2026-03-01T11:32:30Z',
        to_time: '2026-03-01T11:57:00Z',
        step: '5m',
      }),
    ).toMatchInlineSnapshot(`
      "3 queries every 5m; 2026-03-01 11:32:30 to 11:57:00 UTC
      A: 3 series every 5m; highest max first
      <untrusted-483920>
      #	namespace	pod	min	max	avg	latest	total
      1	bank	ledger-0	2	2	2	2	12
      2	shop	cart-0	1	1	1	1	6
      3	shop	cart-1	0.5	0.5	0.5	0.5	3
      </untrusted-483920>
      B: 2 series every 5m; highest max first
      <untrusted-483920>
      #	namespace	min	max	avg	latest	total
      1	bank	2	2	2	2	12
      2	shop	1.5	1.5	1.5	1.5	9
      </untrusted-483920>
      share = (A / B) * 100; 3 series; highest max first
      <untrusted-483920>
      #	namespace	pod	min	max	avg	latest
      1	bank	ledger-0	100	100	100	100
      2	shop	cart-0	66.67	66.67	66.67	66.67
      3	shop	cart-1	33.33	33.33	33.33	33.33
      bucket start	#1	#2	#3
      2026-03-01 11:30*	100	66.67	33.33
      11:35 x4	100	66.67	33.33
      11:55*	100	66.67	33.33
      </untrusted-483920>
      note: A met B: 3 series joined, none alone
      note: values are rounded to 3 or more significant digits; format "json" has them exact
      note: * is a partial bucket: cut by the window or by now
      note: xN: the same in N buckets from there on"
    `);
  });
});

test('what a query says of its own times is another thing in a cut bucket, and is noted', async () => {
  const cut = {
    queryType: 'range',
    from_time: '2026-03-01T11:30:00Z',
    to_time: '2026-03-01T11:57:00Z',
    step: '5m',
  };
  const note = 'the last bucket is cut: there start() and end() are its own end';
  expect(await ask({ A: metrics('up @ end()') }, cut)).toContain(note);
  expect(await ask({ A: metrics('sum(up{job!="end()"})') }, cut)).not.toContain(note);
  expect(await ask({ A: metrics('up @ end()') }, { ...cut, to_time: '2026-03-01T11:55:00Z' })).not.toContain(
    note,
  );
});

/** Queries over records, which are asked of stubs here. */
describe('what is asked', () => {
  const nothing = {
    queryType: 'instant',
    window,
    now: undefined,
    step: null,
    partial: { first: false, last: false },
    answers: [],
    notes: [],
  } as const;
  const asked = async (args: Readonly<Record<string, unknown>>) => {
    const queries = stubQueries({ analyzeTelemetry: nothing });
    await analyzeTelemetry(queries).answer(args, call(), mark);
    return queries.requests[0];
  };

  test('everything reaches the query', async () => {
    expect(
      await asked({
        from_time: 'now-2h',
        to_time: 1_674_988_200,
        queryType: 'RANGE',
        step: 60,
        limit: '7',
        queries: {
          errors: {
            datasource: 'logs',
            filters: 'level = ERROR',
            aggregation: { function: 'unique_count', fields: [{ field: 'pod', type: 'string' }] },
            groupBy: [{ field: 'service' }, '@tier'],
          },
          slow: {
            datasource: 'traces',
            aggregation: { function: 'p99', field: 'duration' },
            groupBy: 'service',
          },
          cpu: { datasource: 'metrics', promql: 'up' },
          ratio: { datasource: 'formula', expression: 'errors / slow' },
        },
      }),
    ).toEqual({
      fromTime: 'now-2h',
      toTime: '1674988200',
      queryType: 'range',
      step: 60,
      limit: 7,
      queries: [
        {
          label: 'errors',
          datasource: 'logs',
          filters: 'level = ERROR',
          aggregation: { function: 'unique_count', field: { field: 'pod' } },
          groupBy: [{ field: 'service' }, { field: '@tier' }],
        },
        {
          label: 'slow',
          datasource: 'traces',
          filters: undefined,
          aggregation: { function: 'p99', field: { field: 'duration' } },
          groupBy: [{ field: 'service' }],
        },
        { label: 'cpu', datasource: 'metrics', promql: 'up' },
        { label: 'ratio', datasource: 'formula', expression: 'errors / slow' },
      ],
    });
  });

  const plain = {
    A: { datasource: 'metrics', promql: 'up' },
    B: { datasource: 'formula', expression: 'A * 2' },
  };
  test.each([
    [plain],
    [JSON.stringify(plain)],
    [{ A: JSON.stringify(plain.A), B: 'A * 2' }],
    [
      {
        A: { datasource: 'Metric', query: 'up', filters: null },
        B: { datasource: 'formula', formula: 'A * 2' },
      },
    ],
    [{ A: { promql: 'up' }, B: { expression: 'A * 2' } }],
    [
      [
        { label: 'A', ...plain.A },
        { refId: 'B', ...plain.B },
      ],
    ],
    [
      [
        { name: 'A', datasource: 'prometheus', expr: 'up' },
        { id: 'B', datasource: 'formulas', expr: 'A * 2' },
      ],
    ],
  ])('%j is read', async (queries) => {
    expect(await asked({ queries })).toMatchObject({
      queries: [
        { label: 'A', datasource: 'metrics', promql: 'up' },
        { label: 'B', datasource: 'formula', expression: 'A * 2' },
      ],
    });
  });
});

describe('wrong calls', () => {
  const up = metrics('up');
  test.each([
    [undefined, /"queries" is required; it takes an object/],
    [[up], /"queries" takes an object .* not 1|"queries" takes an object/],
    ['A / B', /"queries" takes an object/],
    [{}, /queries: is empty/],
    [{ A: 5 }, /^A: a query is an object, such as \{"datasource":"logs"/],
    [{ A: '{"datasource":' }, /^A: this text is neither a query as JSON nor a formula/],
    [{ A: {} }, /^A: "datasource" is required; it takes "logs" or "traces" or "metrics" or "formula"/],
    [{ A: { datasource: 'loggs' } }, /^A: there is no datasource "loggs"\. Did you mean "logs"\?/],
    [
      { A: { datasource: 'metrics', filters: 'x = 1' } },
      /^A: there is no parameter "filters".* The parameters are promql/,
    ],
    [{ A: { datasource: 'metrics' } }, /^A: "promql" is required/],
    [
      { A: { datasource: 'logs', filter: 'level = ERROR' } },
      /^A: there is no parameter "filter"\. Did you mean "filters"\?/,
    ],
    [{ A: { datasource: 'logs', step: '5m' } }, /^A: step stands beside queries, and holds for all of them/],
    [{ A: { datasource: 'formula' } }, /^A: "expression" is required/],
    [{ '5xx': up }, /queries: "5xx" is no label of a query/],
    [{ 'error rate': up }, /"error rate" is no label/],
    [Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`q${i}`, up])), /there are 21, at most 20/],
    [{ A: up, B: formula('A +') }, /^B: The formula ends where .*\n {2}A \+\n {5}\^$/],
    [{ A: up, B: formula('a + 1') }, /^B: there is no query a in this request\. Did you mean A\?/],
    [{ A: formula('B'), B: formula('A') }, /^B: these formulas need one another in a circle: A → B → A/],
    [{ A: metrics('rate(up)') }, /^A: .*give it a range/],
    [{ A: metrics('up[5m]') }, /^A: A range vector has no value at a step/],
    [{ A: metrics('"text"') }, /^A: A string has no values over time/],
    [
      { A: metrics('{__name__=~"heap_bytes|latency_seconds"}'), B: formula('A + 1') },
      /^A: several series have the labels \{cluster="eu", namespace="shop", pod="cart-0"\} but for the metric's name/,
    ],
    [
      { A: metrics('sum by (job) (up)'), B: metrics('sum by (pod) (up)'), C: formula('A / B') },
      /^C: A has the labels \{job\}, B has \{pod\}: /,
    ],
  ])('%j', async (queries, message) => {
    expect(await refuse(queries)).toMatch(message);
  });
});

describe('room', () => {
  const wide = () => {
    const store = new MemoryMetricStore();
    const start = clock - 3_600_000;
    for (let i = 0; i < 150; i++) {
      const labels = { __name__: 'wide', namespace: `n${i % 7}`, pod: `a-pod-with-a-long-name-${i}` };
      store.add(
        labels,
        samplesFrom(
          start,
          60_000,
          Array.from({ length: 61 }, (_, j) => (i * j) % 97),
        ),
      );
    }
    return metricTools(store);
  };
  const many = {
    ...Object.fromEntries(Array.from({ length: 18 }, (_, i) => [`query_${i}`, metrics(`wide * ${i}`)])),
    sum: formula('query_0 + query_1 + query_2'),
    share: formula('default(sum / query_3, 0)'),
  };

  test.each([
    ['compact', 1000],
    ['compact', 2500],
    ['compact', 25_000],
    ['json', 1000],
    ['json', 6000],
    ['json', 25_000],
  ])('%s answers keep to a budget of %i tokens', async (format, max_tokens) => {
    for (const queryType of ['instant', 'range']) {
      const args = { queries: many, queryType, format, max_tokens, limit: 200 };
      const text = await wide().ask('analyze-telemetry', args);
      expect(realTokens(text)).toBeLessThanOrEqual(max_tokens);
      expect(realTokens(text)).toBeGreaterThan(max_tokens / 4);
      if (max_tokens === 1000) expect(text).toMatch(/share: no room; raise max_tokens|share = /);
    }
  });
});
