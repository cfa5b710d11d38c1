import { describe, expect, test } from 'vitest';
import { type Analysis, analyze, compact, expectNumber } from '../support/answers.ts';
import { useSampledProduct } from './sampled-product.ts';

const running = useSampledProduct();

function ask(tool: string, args: Record<string, unknown>): Promise<Analysis> {
  const { assistant, window } = running();
  return analyze(assistant, tool, { ...window, queryType: 'instant', ...args });
}

async function groups(tool: string, key: string, args: Record<string, unknown> = {}) {
  const { series } = await ask(tool, { groupBy: [key], ...args });
  return series.map(({ labels, value }) => [labels[key], value]);
}

describe('groups', () => {
  test('are ordered by value, and by label where values are equal', async () => {
    expect(await groups('analyze-logs', 'service')).toEqual([
      ['api-server', 4],
      ['auth-service', 3],
      ['checkout', 3],
      ['agent-svc', 1],
      ['db-svc', 1],
      ['ledger', 1],
      ['legacy-cron', 1],
      ['worker-svc', 1],
    ]);
  });

  test('a record without a value is in the group (none)', async () => {
    expect(await groups('analyze-logs', 'namespace')).toEqual([
      ['default', 7],
      ['payments', 4],
      ['jobs', 3],
      ['(none)', 1],
    ]);
    expect(await groups('analyze-logs', '@custom_field', { filters: 'workload = api-server' })).toEqual([
      ['(none)', 3],
      ['value', 1],
    ]);
  });

  test('workloads: named by their controller, else derived from the pod, else the service', async () => {
    const workloads = (await groups('analyze-logs', 'workload')).map(([name]) => name);
    expect(workloads).toEqual([
      'api-server',
      'auth-service',
      'checkout',
      'agent',
      'db',
      'ledger',
      'legacy-cron',
      'worker',
    ]);
  });

  test('no groups at all, and one number for nothing', async () => {
    const nothing = { filters: "service = 'no such service'" };
    expect(await ask('analyze-logs', { ...nothing, groupBy: ['level'] })).toMatchObject({
      groups_total: 0,
      groups_shown: 0,
      series: [],
    });
    for (const [fn, value] of [
      ['row_count', 0],
      ['unique_count', 0],
      ['sum', 0],
      ['avg', null],
      ['p99', null],
      ['max', null],
    ] as const) {
      const { series } = await ask('analyze-logs', {
        ...nothing,
        aggregation: { function: fn, field: 'body_length' },
      });
      expect(
        series.map((one) => one.value),
        fn,
      ).toEqual([value]);
    }
  });

  test('the default is to count rows, and count is another name for it', async () => {
    const { sample } = running();
    for (const args of [
      {},
      { aggregation: { function: 'count' } },
      { aggregation: { function: 'row_count' } },
    ]) {
      expect((await ask('analyze-traces', args)).series).toMatchObject([{ value: sample.spans.length }]);
    }
  });
});

describe('aggregations', () => {
  // The durations of checkout are 1, 2, …, 100 ms.
  test.each([
    ['row_count', 100],
    ['unique_count', 100],
    ['sum', 5050e6],
    ['avg', 50.5e6],
    ['min', 1e6],
    ['max', 100e6],
    ['p50', 50.5e6],
    ['p75', 75.25e6],
    ['p90', 90.1e6],
    ['p95', 95.05e6],
    ['p99', 99.01e6],
  ])('%s', async (fn, expected) => {
    const forms = [
      { field: 'duration' },
      { fields: [{ field: 'duration', type: 'float' }] },
      { fields: ['duration'] },
    ];
    for (const form of forms) {
      const { series } = await ask('analyze-traces', {
        filters: 'service = checkout',
        aggregation: { function: fn, ...form },
      });
      expectNumber(series[0]?.value, expected, JSON.stringify(form));
    }
  });

  test('a field in another unit', async () => {
    const { series } = await ask('analyze-traces', {
      filters: 'service = checkout',
      aggregation: { function: 'p75', field: 'duration_ms' },
    });
    expectNumber(series[0]?.value, 75.25, 'p75');
  });

  test('numbers in attributes are read as numbers; what is none is left out, and counted', async () => {
    const { series, notes } = await ask('analyze-logs', {
      aggregation: { function: 'avg', field: '@attempts' },
    });
    expect(series).toMatchObject([{ value: 7.5 }]);
    expect(notes.join('\n')).toMatch(/\b1\b/);
  });

  test('codes are text, and are counted as such', async () => {
    expect(await groups('analyze-traces', 'return_code', { filters: 'service = checkout' })).toEqual([
      ['200', 80],
      ['404', 10],
      ['503', 10],
    ]);
    const { series } = await ask('analyze-traces', {
      filters: 'service = checkout',
      aggregation: { function: 'unique_count', field: 'return_code' },
    });
    expect(series).toMatchObject([{ value: 3 }]);
  });
});

describe('series', () => {
  test('are ordered by total for counts, and by their maximum for the rest', async () => {
    const counted = await ask('analyze-traces', { queryType: 'range', step: '5m', groupBy: ['workload'] });
    expect(counted.series.map(({ labels, summary }) => [labels.workload, summary?.total])).toEqual([
      ['checkout', 100],
      ['api-server', 9],
      ['auth-service', 8],
      ['reports', 3],
      ['export', 2],
    ]);
    const slowest = await ask('analyze-traces', {
      queryType: 'range',
      step: '5m',
      groupBy: ['workload'],
      aggregation: { function: 'max', field: 'duration' },
      limit: 3,
    });
    expect(slowest.series.map(({ labels, summary }) => [labels.workload, summary?.max])).toEqual([
      ['export', 9e9],
      ['reports', 7.5e9],
      ['api-server', 1_500_000_001],
    ]);
    expect(slowest.groups_total).toBe(5);
    expect(slowest.share_shown).toBeCloseTo(14 / 122, 12);
  });

  test('all have the same buckets', async () => {
    const { series } = await ask('analyze-logs', { queryType: 'range', step: '1m', groupBy: ['level'] });
    const times = series.map(({ points }) => points?.map(([time]) => time));
    expect(times.every((one) => JSON.stringify(one) === JSON.stringify(times[0]))).toBe(true);
    expect(times[0]).toHaveLength(30);
  });

  test('as text, the summary is there', async () => {
    const { assistant, window } = running();
    const text = await compact(assistant, 'analyze-logs', { ...window, queryType: 'range', step: '5m' });
    for (const word of ['min', 'max', 'avg', 'latest', 'total']) expect(text).toContain(word);
  });
});
