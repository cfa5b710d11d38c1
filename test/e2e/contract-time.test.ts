import { describe, expect, test } from 'vitest';
import { analyze, compact, count, nanoseconds, rowsOf, search } from '../support/answers.ts';
import { send } from '../support/sample.ts';
import { useSampledProduct } from './sampled-product.ts';

const running = useSampledProduct();
const noon = 1_714_564_800_000_000_000n; // 2024-05-01T12:00:00Z

describe('all ways to write a time', () => {
  test.each([
    ['2024-05-01T12:00:00Z', noon],
    ['2024-05-01T12:00:00.000Z', noon],
    ['2024-05-01T14:00:00+02:00', noon],
    ['2024-05-01T06:30:00-05:30', noon],
    ['2024-05-01T12:00:00', noon],
    ['2024-05-01 12:00:00', noon],
    ['2024-05-01T12:00:00.123456789Z', noon + 123_456_789n],
    ['2024-05-01T12:00:00.5Z', noon + 500_000_000n],
    ['1714564800', noon],
    [1_714_564_800, noon],
    ['1714564800000', noon],
    [1_714_564_800_000, noon],
    ['1714564800000000001', noon + 1n],
  ])('%s', async (from_time, expected) => {
    const { window } = await search(running().assistant, 'search-logs', {
      from_time,
      to_time: '2024-05-01T13:00:00Z',
    });
    expect(nanoseconds(window.from)).toBe(expected);
    expect(nanoseconds(window.to)).toBe(noon + 3_600_000_000_000n);
  });

  test.each([
    ['now-15m', 900],
    ['-15m', 900],
    ['15m', 900],
    ['now-1h', 3600],
    ['-24h', 86_400],
    ['2h', 7200],
    ['now-2d', 172_800],
  ])('%s is so long before now', async (from_time, seconds) => {
    const { window } = await search(running().assistant, 'search-logs', { from_time, to_time: 'now' });
    expect(nanoseconds(window.to) - nanoseconds(window.from)).toBe(BigInt(seconds) * 1_000_000_000n);
    expect(Math.abs(Date.now() - Number(nanoseconds(window.to) / 1_000_000n))).toBeLessThan(60_000);
  });

  test('explicit times win over the default; one alone is enough', async () => {
    const { assistant } = running();
    const only = await search(assistant, 'search-logs', { to_time: '2024-05-01T12:00:00Z' });
    expect([nanoseconds(only.window.from), nanoseconds(only.window.to)]).toEqual([
      noon - 3_600_000_000_000n,
      noon,
    ]);
  });

  test('an answer to relative times shows the clock that they were counted from', async () => {
    const today = () => new Date().toISOString().slice(0, 10);
    const before = today();
    const text = await compact(running().assistant, 'search-logs', { from_time: '-30m' });
    // Midnight may come in between.
    expect([before, today()].filter((day) => text.includes(day))).not.toEqual([]);
  });
});

describe('windows', () => {
  test('are half-open, to the nanosecond', async () => {
    const { assistant, product } = running();
    const log = (time: bigint, body: string) => ({ service: 'edge', time, body, level: 'INFO' as const });
    await send(product.otlpUrl, {
      logs: [
        log(noon - 1n, 'before'),
        log(noon, 'first'),
        log(noon + 999n, 'last'),
        log(noon + 1000n, 'after'),
      ],
    });
    const bodies = async (from_time: string, to_time: string) =>
      rowsOf(await search(assistant, 'search-logs', { from_time, to_time, order: 'oldest' })).map(
        ({ body }) => body,
      );

    expect(await bodies('2024-05-01T12:00:00Z', '2024-05-01T12:00:00.000001Z')).toEqual(['first', 'last']);
    expect(await bodies('1714564799999999999', '1714564800000000001')).toEqual(['before', 'first']);
    expect(await bodies('1714564800000000999', '1714564800000001001')).toEqual(['last', 'after']);
    expect(await bodies('1714564800000000001', '1714564800000000999')).toEqual([]);
    const rows = rowsOf(
      await search(assistant, 'search-logs', {
        from_time: '1714564800000000999',
        to_time: '1714564800000001000',
      }),
    );
    expect(rows.map(({ timestamp }) => nanoseconds(String(timestamp)))).toEqual([noon + 999n]);
  });

  test('a filter on the timestamp narrows the window', async () => {
    const { assistant, window, sample } = running();
    const from = new Date(Number(sample.start / 1_000_000n) + 600_000).toISOString();
    const filters = `timestamp >= '${from}'`;
    const after = sample.logs.filter(({ time }) => time >= sample.start + 600_000_000_000n);
    expect(await count(assistant, 'analyze-logs', { ...window, filters })).toBe(after.length);
  });
});

describe('buckets', () => {
  test('start at multiples of the step; the window clips the first and the last', async () => {
    const { assistant, product } = running();
    const day = nanoseconds('2024-06-01T00:00:00Z');
    const logs = [0, 59, 60, 119, 120, 121, 179, 180].map((second) => ({
      service: 'buckets',
      time: day + BigInt(second) * 1_000_000_000n,
      body: `at ${second}`,
    }));
    await send(product.otlpUrl, { logs });
    const ask = (args: Record<string, unknown>) =>
      analyze(assistant, 'analyze-logs', { queryType: 'range', filters: 'service = buckets', ...args });
    const midnight = Number(day / 1_000_000_000n);

    const plain = await ask({
      from_time: '2024-06-01T00:00:00Z',
      to_time: '2024-06-01T00:05:00Z',
      step: '1m',
    });
    expect(plain.step_s).toBe(60);
    expect(plain.series[0]?.points).toEqual([2, 2, 3, 1, 0].map((value, i) => [midnight + 60 * i, value]));
    expect(plain.series[0]?.summary).toMatchObject({ min: 0, max: 3, avg: 1.6, latest: 0, total: 8 });

    const clipped = { from_time: '2024-06-01T00:00:59Z', to_time: '2024-06-01T00:02:01Z', step: 60 };
    const { series } = await ask(clipped);
    expect(series[0]?.points).toEqual([1, 2, 1].map((value, i) => [midnight + 60 * i, value]));
    const text = await compact(assistant, 'analyze-logs', { queryType: 'range', ...clipped });
    expect(text).toMatch(/partial/i);

    const average = await ask({
      from_time: '2024-06-01T00:00:00Z',
      to_time: '2024-06-01T00:05:00Z',
      step: '1m',
      aggregation: { function: 'avg', field: 'body_length' },
    });
    expect(average.series[0]?.points?.map(([, value]) => value)).toEqual([4.5, 5.5, 6, 6, null]);
    expect(average.series[0]?.summary?.latest).toBe(6);
  });

  test('there is none after now', async () => {
    const { assistant } = running();
    const { series, window } = await analyze(assistant, 'analyze-logs', {
      queryType: 'range',
      from_time: 'now-10m',
      to_time: 'now+1h',
      step: '1m',
    });
    const last = series[0]?.points?.at(-1)?.[0] ?? 0;
    expect(nanoseconds(window.to)).toBeGreaterThan(BigInt(Date.now()) * 1_000_000n);
    expect(last).toBeLessThanOrEqual(Date.now() / 1000);
    expect(last).toBeGreaterThan(Date.now() / 1000 - 180);
  });
});
