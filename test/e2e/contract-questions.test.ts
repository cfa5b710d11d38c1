import { describe, expect, test } from 'vitest';
import { analyze, compact, expectNumber, rowsOf, search } from '../support/answers.ts';
import { useSampledProduct } from './sampled-product.ts';

const running = useSampledProduct('legacy');

/** The example questions of the public page, as an assistant puts them. */
describe('questions that people ask', () => {
  test('show me all error logs from the payments namespace in the last hour', async () => {
    const { assistant } = running();
    const args = { from_time: 'now-1h', to_time: 'now', filters: 'namespace = "payments" AND level = ERROR' };
    const answer = await search(assistant, 'search-logs', args);
    expect(answer.matched).toBe(2);
    expect(rowsOf(answer).map(({ body, pod_name, level }) => ({ body, pod_name, level }))).toEqual([
      { body: 'charge failed: card network timeout', pod_name: 'checkout-7d9f8b6c5d-x2x7k', level: 'ERROR' },
      { body: 'charge declined', pod_name: 'checkout-7d9f8b6c5d-x2x7k', level: 'ERROR' },
    ]);
    const text = await compact(assistant, 'search-logs', args);
    expect(text).toMatch(/\b2 of 2\b/);
    expect(text).toContain('charge failed: card network timeout');
  });

  test('what is the p99 latency for the checkout service over the past 24 hours?', async () => {
    const { assistant } = running();
    const args = {
      from_time: '-24h',
      filters: 'service = "checkout"',
      aggregation: { function: 'p99', fields: [{ field: 'duration', type: 'float' }] },
    };
    const answer = await analyze(assistant, 'analyze-traces', { ...args, queryType: 'instant' });
    // 100 spans of 1 to 100 ms: rank 98.01 of 0 to 99.
    expectNumber(answer.series[0]?.value, 99_010_000, 'p99');
    expect(await compact(assistant, 'analyze-traces', { ...args, queryType: 'instant' })).toMatch(/: 99 ms;/);
  });

  test('compare error rates between the canary and stable deployments', async () => {
    const { assistant, window } = running();
    const { series } = await analyze(assistant, 'analyze-traces', {
      ...window,
      queryType: 'instant',
      filters: 'service = checkout',
      groupBy: ['app_version', 'status'],
    });
    expect(series.map(({ labels, value }) => [labels.app_version, labels.status, value])).toEqual([
      ['1.0.0', 'ok', 72],
      ['1.1.0', 'ok', 18],
      ['1.0.0', 'error', 8],
      ['1.1.0', 'error', 2],
    ]);
  });

  test('find traces where duration is over 5 seconds and group by service', async () => {
    const { assistant, window } = running();
    const { series } = await analyze(assistant, 'analyze-traces', {
      ...window,
      queryType: 'instant',
      filters: 'duration > 5s',
      groupBy: [{ field: 'service', type: 'string', is_attribute: false }],
    });
    expect(series.map(({ labels, value }) => [labels.service, value])).toEqual([
      ['reports', 3],
      ['export', 1],
    ]);
  });

  test('show me the ratio of 5xx errors to total requests', async () => {
    const { assistant, window } = running();
    const count = async (filters: string) => {
      const { series } = await analyze(assistant, 'analyze-traces', {
        ...window,
        queryType: 'range',
        step: '5m',
        filters,
      });
      return series[0]?.summary?.total;
    };
    expect(await count('service = checkout AND return_code >= 500')).toBe(10);
    expect(await count('service = checkout')).toBe(100);
  });
});

describe('rows', () => {
  test('the default columns of logs', async () => {
    const { assistant, window } = running();
    const { columns, rows } = await search(assistant, 'search-logs', window);
    const names =
      'workload namespace cluster pod_name container_name node_name level format body_length timestamp body';
    expect([...columns].sort()).toEqual(names.split(' ').sort());
    expect(rows).toHaveLength(10);
  });

  test('the default columns of spans', async () => {
    const { assistant, window } = running();
    const { columns } = await search(assistant, 'search-traces', window);
    const names =
      'pod_name namespace cluster workload container_name node_name role status protocol_type operation_name ' +
      'duration return_code timestamp trace_id span_id';
    expect([...columns].sort()).toEqual(names.split(' ').sort());
  });

  test('fields that are asked for, in every form, and those that are always there', async () => {
    const { assistant, window } = running();
    const answer = await search(assistant, 'search-logs', {
      ...window,
      filters: '@"customer id" IS NOT NULL',
      order: 'oldest',
      fields: ['severity', '@customer id', { field: 'app_version', type: 'string' }, '@k8s.pod.name'],
    });
    expect([...answer.columns].sort()).toEqual(
      ['timestamp', 'body', 'level', '@"customer id"', 'app_version', '@k8s.pod.name'].sort(),
    );
    expect(
      rowsOf(answer).map((row) => [row.level, row['@"customer id"'], row.app_version, row['@k8s.pod.name']]),
    ).toEqual([
      ['ERROR', 'c 1', '1.0.0', 'checkout-7d9f8b6c5d-x2x7k'],
      ['ERROR', 'c 2', '1.0.0', 'checkout-7d9f8b6c5d-x2x7k'],
    ]);
  });

  test('values have their types: characters, nanoseconds, codes as text, no value', async () => {
    const { assistant, window } = running();
    const logs = await search(assistant, 'search-logs', { ...window, filters: "body LIKE 'charge ok%'" });
    expect(rowsOf(logs)[0]).toMatchObject({ body_length: 19, container_name: null, format: 'text' });
    const spans = await search(assistant, 'search-traces', {
      ...window,
      filters: 'return_code = 503 AND duration_ms = 100',
    });
    expect(rowsOf(spans)[0]).toMatchObject({
      duration: 100_000_000,
      return_code: '503',
      status: 'error',
      role: 'server',
      protocol_type: 'HTTP',
      operation_name: 'POST /cart/{id}/pay',
      workload: 'checkout',
    });
  });

  test('order: newest first unless asked otherwise; the slowest spans', async () => {
    const { assistant, window } = running();
    const bodies = async (order?: string) => {
      const answer = await search(assistant, 'search-logs', {
        ...window,
        limit: 2,
        ...(order ? { order } : {}),
      });
      return rowsOf(answer).map(({ body }) => body);
    };
    expect(await bodies()).toEqual(['checkpoint', 'agent started']);
    expect(await bodies('newest')).toEqual(['checkpoint', 'agent started']);
    expect(await bodies('oldest')).toEqual([
      'upstream timeout after 30s',
      'timeout in healthcheck of the database',
    ]);
    const slowest = await search(assistant, 'search-traces', { ...window, order: 'slowest', limit: 3 });
    expect(rowsOf(slowest).map(({ duration }) => duration)).toEqual([9e9, 7.5e9, 6e9]);
  });
});
