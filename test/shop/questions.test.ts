import { describe, expect, test } from 'vitest';
import type { ShopSpan } from '../../src/demo/shop/records.ts';
import { analyze, compact, expectNumber, nanoseconds, rowsOf, search } from '../support/answers.ts';
import { groupBy, logsIn, quantile, spansIn } from './expected.ts';
import { useLoadedShop } from './loaded-shop.ts';

const running = useLoadedShop({ hours: 25 });

const isServer = ({ kind }: ShopSpan) => kind === 'server';
const hasFailed = ({ failed }: ShopSpan) => failed;
const code = ({ attributes }: ShopSpan) => Number(attributes['http.response.status_code']);

/** The public page's example questions: the calls that an assistant makes, and numbers counted in the records. */
describe('show me all error logs from the payments namespace in the last hour', () => {
  const args = { from_time: 'now-1h', filters: 'namespace = "payments" AND level = ERROR' };

  test('the newest ten, and how many there are', async () => {
    const { assistant, logs } = running();
    const answer = await search(assistant, 'search-logs', args);
    const expected = logsIn(logs, answer.window)
      .filter(({ pod, level }) => pod.workload.namespace === 'payments' && level === 'ERROR')
      .reverse();
    expect(expected.length).toBeGreaterThan(10);
    expect(answer.matched).toBe(expected.length);
    const rows = rowsOf(answer);
    expect(rows.map(({ timestamp }) => nanoseconds(String(timestamp)))).toEqual(
      expected.slice(0, 10).map(({ time }) => time),
    );
    expect(rows.map(({ body, pod_name, cluster }) => `${cluster} ${pod_name} ${body}`).sort()).toEqual(
      expected
        .slice(0, 10)
        .map(({ body, pod }) => `${pod.cluster.name} ${pod.name} ${body}`)
        .sort(),
    );
    const text = await compact(assistant, 'search-logs', args);
    expect(text).toMatch(/^10 of \d+ logs; newest first; /);
    expect(text).toMatch(/more/);
  });

  test('and which workloads they come from', async () => {
    const { assistant, logs } = running();
    const answer = await analyze(assistant, 'analyze-logs', {
      ...args,
      queryType: 'instant',
      groupBy: ['workload'],
    });
    const expected = logsIn(logs, answer.window).filter(
      ({ pod, level }) => pod.workload.namespace === 'payments' && level === 'ERROR',
    );
    const counts = new Map(
      [...groupBy(expected, ({ pod }) => pod.workload.name)].map(([key, of]) => [key, of.length]),
    );
    expect(new Map(answer.series.map(({ labels, value }) => [labels.workload, value]))).toEqual(counts);
  });
});

describe("what's the p99 latency for the checkout service over the past 24 hours?", () => {
  const args = {
    from_time: 'now-24h',
    filters: 'service = "checkout" AND role = server',
    aggregation: { function: 'p99', fields: [{ field: 'duration', type: 'float' }] },
  };
  const isCheckout = (span: ShopSpan) => isServer(span) && span.pod.workload.service === 'checkout';
  const p99 = (spans: readonly ShopSpan[]) =>
    quantile(
      spans.map(({ duration }) => duration),
      0.99,
    );

  test('one number', async () => {
    const { assistant, spans } = running();
    const answer = await analyze(assistant, 'analyze-traces', { ...args, queryType: 'instant' });
    expect(answer.series).toHaveLength(1);
    expectNumber(answer.series[0]?.value, p99(spansIn(spans, answer.window).filter(isCheckout)), 'p99');
  });

  test('its course, hour by hour', async () => {
    const { assistant, spans } = running();
    const answer = await analyze(assistant, 'analyze-traces', { ...args, queryType: 'range', step: '1h' });
    const points = answer.series[0]?.points ?? [];
    expect(points.length).toBeGreaterThanOrEqual(24);
    const buckets = groupBy(spansIn(spans, answer.window).filter(isCheckout), ({ start }) =>
      String((start / 3_600_000_000_000n) * 3600n),
    );
    for (const [start, value] of points) {
      const bucket = buckets.get(String(start));
      expectNumber(value, bucket === undefined ? null : p99(bucket), `p99 at ${start}`);
    }
  });
});

describe('compare error rates between the canary and stable deployments', () => {
  const args = {
    from_time: 'now-24h',
    queryType: 'instant',
    filters: 'service = checkout AND role = server',
  };
  const isCheckout = (span: ShopSpan) => isServer(span) && span.pod.workload.service === 'checkout';

  test('requests and failures of both, side by side', async () => {
    const { assistant, spans } = running();
    const answer = await analyze(assistant, 'analyze-traces', { ...args, groupBy: ['workload', 'status'] });
    const expected = spansIn(spans, answer.window).filter(isCheckout);
    const counts = groupBy(expected, ({ pod, failed }) => `${pod.workload.name} ${failed ? 'error' : 'ok'}`);
    expect([...counts.keys()].sort()).toEqual([
      'checkout error',
      'checkout ok',
      'checkout-canary error',
      'checkout-canary ok',
    ]);
    expect(
      Object.fromEntries(
        answer.series.map(({ labels, value }) => [`${labels.workload} ${labels.status}`, value]),
      ),
    ).toEqual(Object.fromEntries([...counts].map(([key, of]) => [key, of.length])));
    expect(answer.share_shown).toBe(1);
  });

  test('the same by version, of requests that the deployments failed themselves', async () => {
    const { assistant, spans } = running();
    const answer = await analyze(assistant, 'analyze-traces', {
      ...args,
      filters: `${args.filters} AND return_code IN ("500", "503")`,
      groupBy: ['app_version'],
    });
    const expected = spansIn(spans, answer.window).filter(
      (span) => isCheckout(span) && [500, 503].includes(code(span)),
    );
    const counts = groupBy(expected, ({ pod }) => pod.version);
    expect(Object.fromEntries(answer.series.map(({ labels, value }) => [labels.app_version, value]))).toEqual(
      Object.fromEntries([...counts].map(([key, of]) => [key, of.length])),
    );
    expect(counts.size).toBe(2);
  });
});

describe('find traces where duration is over 5 seconds and group by service', () => {
  test('spans, and traces', async () => {
    const { assistant, spans } = running();
    const args = {
      from_time: 'now-24h',
      queryType: 'instant',
      filters: 'duration > 5s',
      groupBy: ['service'],
    };
    const counted = await analyze(assistant, 'analyze-traces', args);
    const slow = groupBy(
      spansIn(spans, counted.window).filter(({ duration }) => duration > 5_000_000_000),
      ({ pod }) => pod.workload.service,
    );
    expect(slow.size).toBeGreaterThan(1);
    expect(Object.fromEntries(counted.series.map(({ labels, value }) => [labels.service, value]))).toEqual(
      Object.fromEntries([...slow].map(([key, of]) => [key, of.length])),
    );

    const distinct = await analyze(assistant, 'analyze-traces', {
      ...args,
      from_time: counted.window.from,
      to_time: counted.window.to,
      aggregation: { function: 'unique_count', field: 'trace_id' },
    });
    expect(Object.fromEntries(distinct.series.map(({ labels, value }) => [labels.service, value]))).toEqual(
      Object.fromEntries([...slow].map(([key, of]) => [key, new Set(of.map(({ traceId }) => traceId)).size])),
    );
  });

  test('the slowest ones', async () => {
    const { assistant, spans } = running();
    const answer = await search(assistant, 'search-traces', {
      from_time: 'now-24h',
      filters: 'duration > 5s',
      order: 'slowest',
    });
    const slow = spansIn(spans, answer.window)
      .filter(({ duration }) => duration > 5_000_000_000)
      .sort((a, b) => b.duration - a.duration);
    expect(answer.matched).toBe(slow.length);
    expect(rowsOf(answer).map(({ duration }) => duration)).toEqual(
      slow.slice(0, 10).map(({ duration }) => duration),
    );
  });
});

describe('show me the ratio of 5xx errors to total requests as a percentage', () => {
  test.each(['return_code >= 500', "return_code LIKE '5%'", "return_code =~ '^5..$'"])(
    '%s',
    async (filter) => {
      const { assistant, spans } = running();
      const args = { from_time: 'now-2h', queryType: 'instant' };
      const requests = 'role = server AND protocol_type = HTTP';
      const all = await analyze(assistant, 'analyze-traces', { ...args, filters: requests });
      const window = { from_time: all.window.from, to_time: all.window.to };
      const bad = await analyze(assistant, 'analyze-traces', {
        ...args,
        ...window,
        filters: `${requests} AND ${filter}`,
      });
      const served = spansIn(spans, all.window).filter(
        (span) => isServer(span) && 'http.route' in span.attributes,
      );
      const failed = served.filter((span) => code(span) >= 500);
      expect(failed.length).toBeGreaterThan(10);
      expect([bad.series[0]?.value, all.series[0]?.value]).toEqual([failed.length, served.length]);
      expect(failed.every(hasFailed)).toBe(true);
    },
  );
});
