import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compact, expectNumber, type TelemetryAnswer, telemetry, toolError } from '../support/answers.ts';
import { type Assistant, connect } from '../support/assistants.ts';
import { createKey } from '../support/command.ts';
import { useSampledProduct } from './sampled-product.ts';

const running = useSampledProduct();

const traces = (filters: string, ...groupBy: string[]) => ({ datasource: 'traces', filters, groupBy });
const logs = (filters: string, ...groupBy: string[]) => ({ datasource: 'logs', filters, groupBy });
const metrics = (promql: string) => ({ datasource: 'metrics', promql });
const formula = (expression: string) => ({ datasource: 'formula', expression });

/** A gauge of each pod, the same all through the sample. */
const depths = [
  { namespace: 'default', pod: 'service-a', depth: 4 },
  { namespace: 'payments', pod: 'checkout-7d9f8b6c5d-x2x7k', depth: 8 },
  { namespace: 'default', pod: 'service-b', depth: 16 },
  { namespace: 'default', pod: 'idle-0', depth: 0 },
];

/** What `C` gives, as its labels' values in a row and its value. */
const rows = ({ queries }: TelemetryAnswer) =>
  queries.C?.series.map(({ labels, value }) => [...Object.values(labels), value]);

let limited: Assistant;

beforeAll(async () => {
  const { product, sample } = running();
  const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } });
  const dataPoints = (depth: number) =>
    Array.from({ length: 31 }, (_, i) => ({
      timeUnixNano: String(sample.start + BigInt(i) * 60_000_000_000n),
      asInt: String(depth),
    }));
  const resourceMetrics = depths.map(({ namespace, pod, depth }) => ({
    resource: { attributes: [attribute('k8s.namespace.name', namespace), attribute('k8s.pod.name', pod)] },
    scopeMetrics: [{ metrics: [{ name: 'queue.depth', gauge: { dataPoints: dataPoints(depth) } }] }],
  }));
  const response = await fetch(new URL('/v1/metrics', product.otlpUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceMetrics }),
  });
  expect(response.status, await response.text()).toBe(200);
  limited = await connect(
    'modern',
    product.mcpUrl,
    await createKey(product.dataDir, '--namespace', 'payments'),
  );
});

afterAll(() => limited?.close());

describe('ratios', () => {
  test('of 5xx errors to total requests as a percentage, for each service', async () => {
    const { assistant, window } = running();
    const answer = await telemetry(assistant, {
      ...window,
      queries: {
        A: traces('return_code >= 500', 'service'),
        B: traces('', 'service'),
        C: formula('(A/B)*100'),
      },
    });
    expect(rows(answer)).toEqual([
      ['auth-service', 12.5],
      ['checkout', 10],
      ['api-server', 0],
      ['export', 0],
      ['reports', 0],
    ]);
    expect(answer.queries.C).toMatchObject({
      groups_total: 5,
      expression: '(A/B)*100',
      join: { joined: 2, left_alone: 0, right_alone: 3, divided_by_zero: 0 },
    });
    expect(answer.queries.B?.series[0]).toMatchObject({ labels: { service: 'checkout' }, value: 100 });
  });

  test('as text: the formula with what it was computed of', async () => {
    const { assistant, window } = running();
    const text = await compact(assistant, 'analyze-telemetry', {
      ...window,
      queries: {
        A: traces('return_code >= 500', 'service'),
        B: traces('', 'service'),
        C: formula('(A/B)*100'),
      },
    });
    expect(
      text
        .replaceAll(/untrusted-\d+/g, 'untrusted-MARK')
        .split('\n')
        .slice(1)
        .join('\n'),
    ).toMatchInlineSnapshot(`
      "A: row_count by service; 2 groups of 11 spans
      B: row_count by service; 5 groups of 122 spans
      C = (A/B)*100; 5 series; highest first
      <untrusted-MARK>
      service	C	A	B
      auth-service	12.5	1	8
      checkout	10	10	100
      api-server	0	0	9
      export	0	0	2
      reports	0	0	3
      </untrusted-MARK>
      note: A met B: 2 series joined, 3 of B alone (A is 0 there)"
    `);
  });

  test('of the canary and the stable deployment, side by side', async () => {
    const { assistant, window } = running();
    const answer = await telemetry(assistant, {
      ...window,
      queries: {
        errors: traces('service = checkout AND status = error', 'app_version'),
        all: traces('service = checkout', 'app_version'),
        C: formula('errors / all'),
      },
    });
    expect(rows(answer)).toEqual([
      ['1.0.0', 0.1],
      ['1.1.0', 0.1],
    ]);
  });

  test('over time, bucket by bucket', async () => {
    const { assistant, window, sample } = running();
    const answer = await telemetry(assistant, {
      ...window,
      queryType: 'range',
      step: '1m',
      queries: {
        A: traces('service = checkout AND status = error'),
        B: traces('service = checkout'),
        C: formula('A / B'),
      },
    });
    const checkout = sample.spans.filter(({ service }) => service === 'checkout');
    const first = Number(sample.start / 1_000_000_000n);
    const points = Array.from({ length: 30 }, (_, i) => {
      const start = BigInt(first + i * 60) * 1_000_000_000n;
      const own = checkout.filter(({ time }) => time >= start && time < start + 60_000_000_000n);
      const failed = own.filter(({ status }) => status === 'error');
      return [first + i * 60, own.length === 0 ? null : failed.length / own.length];
    });
    expect(points.filter(([, value]) => value !== null).length).toBe(2);
    expect(answer.queries.C?.series[0]?.points).toEqual(points);
    expect(answer.queries.C?.join).toMatchObject({ joined: 1, divided_by_zero: 28 });
    expect(answer.step_s).toBe(60);
  });
});

describe('signals together', () => {
  const depth = 'sum by (namespace, pod) (queue_depth)';

  test('logs meet metrics by namespace and pod', async () => {
    const { assistant, window } = running();
    const queries = { A: logs('level = ERROR', 'namespace', 'pod'), B: metrics(depth), C: formula('A / B') };
    const answer = await telemetry(assistant, { ...window, queries });
    expect(rows(answer)).toEqual([
      ['default', 'service-a', 0.5],
      ['payments', 'checkout-7d9f8b6c5d-x2x7k', 0.25],
      ['default', 'service-b', 0],
      ['default', 'idle-0', null],
    ]);
    // The cron job's error has no pod, and so no depth.
    expect(answer.queries.C?.join).toMatchObject({
      joined: 2,
      left_alone: 1,
      right_alone: 2,
      divided_by_zero: 1,
    });
    expect(answer.queries.C?.notes.join()).toContain('pod is taken for pod_name');
  });

  test('a side with fewer labels meets all that agree', async () => {
    const { assistant, window } = running();
    const queries = {
      A: metrics(depth),
      B: metrics('sum by (namespace) (queue_depth)'),
      C: formula('A / B * 100'),
    };
    expect(rows(await telemetry(assistant, { ...window, queries }))).toEqual([
      ['payments', 'checkout-7d9f8b6c5d-x2x7k', 100],
      ['default', 'service-b', 80],
      ['default', 'service-a', 20],
      ['default', 'idle-0', 0],
    ]);
  });

  test('metrics stand at the start of the bucket at whose end they are evaluated', async () => {
    const { assistant, sample } = running();
    const at = (seconds: number) =>
      new Date(Number(sample.start / 1_000_000n) + seconds * 1000).toISOString();
    const { queries } = await telemetry(assistant, {
      from_time: at(630),
      to_time: at(780),
      queryType: 'range',
      step: '1m',
      queries: { T: metrics('time()'), N: traces('service = checkout'), C: formula('T + 0 * N') },
    });
    const start = Number(sample.start / 1_000_000_000n);
    expect(queries.T?.series[0]?.points).toEqual([
      [start + 600, start + 660],
      [start + 660, start + 720],
      [start + 720, start + 780],
    ]);
    expect(queries.N?.series[0]?.points).toEqual([
      [start + 600, 30],
      [start + 660, 40],
      [start + 720, 0],
    ]);
    expect(queries.C?.series[0]?.points).toEqual(queries.T?.series[0]?.points);
    const cut = await telemetry(assistant, {
      from_time: at(600),
      to_time: at(690),
      queryType: 'range',
      step: '1m',
      queries: { T: metrics('time()'), L: metrics('rate(vector(1)[step():10s])') },
    });
    expect(cut.queries.T?.series[0]?.points).toEqual([
      [start + 600, start + 660],
      [start + 660, start + 690],
    ]);
    expect(cut.queries.L?.series[0]?.points?.map(([, value]) => value)).toEqual([0, 0]);
  });

  test('nothing on either side', async () => {
    const { assistant, window } = running();
    const none = traces('service = nobody', 'service');
    const empty = await telemetry(assistant, {
      ...window,
      queries: {
        A: none,
        B: metrics('nothing_at_all'),
        C: formula('A / B'),
        D: formula('default(A / B, 0)'),
      },
    });
    expect(empty.queries.C).toMatchObject({
      groups_total: 0,
      series: [],
      join: { joined: 0, left_alone: 0, right_alone: 0 },
    });
    expect(empty.queries.D?.series).toEqual([]);
    expect(empty.queries.B?.notes.join('\n')).toContain('there is no metric nothing_at_all');
    const left = await telemetry(assistant, {
      ...window,
      queries: { A: none, B: traces('', 'service'), C: formula('A / B') },
    });
    expect(new Set(left.queries.C?.series.map(({ value }) => value))).toEqual(new Set([0]));
    expect(left.queries.C?.groups_total).toBe(5);
  });
});

describe('errors name the query', () => {
  test.each([
    [{ A: logs('level =') }, /^A: .*\n {2}level =/s],
    [{ A: logs(''), B: metrics('sum(') }, /^B: .*\n {2}sum\(/s],
    [{ A: { ...logs(''), aggregation: { function: 'p99' } } }, /^A: aggregation: p99 needs a field/],
    [{ A: traces('', 'servce') }, /^A: .*service/],
    [
      { A: logs('', 'service'), B: traces('', 'workload'), C: formula('1 + A / B') },
      /^C: A has the labels \{service\}, B has \{workload\}: .*\n {2}1 \+ A \/ B\n {6}\^{5}$/s,
    ],
  ])('%j', async (queries, message) => {
    const { assistant, window } = running();
    expect(await toolError(assistant, 'analyze-telemetry', { ...window, queries })).toMatch(message);
  });

  test('a step that makes too many points is the request’s', async () => {
    const { assistant, window } = running();
    const args = { ...window, queryType: 'range', step: '1s', queries: { A: logs('') } };
    expect(await toolError(assistant, 'analyze-telemetry', args)).toMatch(/^step: 1s makes 1800 points/);
  });
});

describe('a key that sees one namespace', () => {
  const asked = {
    A: traces('return_code >= 500', 'service'),
    B: traces('', 'service'),
    C: formula('(A / B) * 100'),
    L: logs('level = ERROR', 'namespace', 'pod'),
    M: metrics('sum by (namespace, pod) (queue_depth)'),
    D: formula('L / M'),
    all: metrics('sum(queue_depth)'),
  };

  test('computes with what it sees alone', async () => {
    const { window } = running();
    const { queries } = await telemetry(limited, { ...window, queries: asked });
    expect(queries.C).toMatchObject({
      groups_total: 1,
      series: [{ labels: { service: 'checkout' }, value: 10 }],
      join: { joined: 1, left_alone: 0, right_alone: 0, divided_by_zero: 0 },
    });
    expect(queries.D).toMatchObject({ groups_total: 1, join: { joined: 1, left_alone: 0, right_alone: 0 } });
    expectNumber(queries.all?.series[0]?.value, 8, 'the sum');
  });

  test('reads nothing else, in either form', async () => {
    const { window } = running();
    for (const format of ['compact', 'json']) {
      for (const queryType of ['instant', 'range']) {
        const text = await compact(limited, 'analyze-telemetry', {
          ...window,
          queries: asked,
          format,
          queryType,
        });
        expect(text).toContain('checkout');
        expect(text).not.toMatch(/service-a|service-b|idle-0|auth-service|api-server|reports|export|default/);
      }
    }
    const wrong = { A: traces('', 'servce'), B: metrics('queue_dept') };
    expect(await toolError(limited, 'analyze-telemetry', { ...window, queries: wrong })).not.toMatch(
      /service-a|default/,
    );
  });
});
