import { describe, expect, test } from 'vitest';
import { MemoryMetricStore } from '../../test/support/memory-metric-store.ts';
import { sampleMetrics } from '../../test/support/metric-sample.ts';
import { metricTools } from '../../test/support/metric-tools.ts';

const { ask } = metricTools(sampleMetrics());

/** The notes between the fences and behind them. */
async function notesOf(promql: string, more = {}): Promise<string[]> {
  const text = await ask('analyze-metrics', { promql, ...more });
  expect(text).toMatch(/^0 series/);
  return text
    .split('\n')
    .filter((line) => line.startsWith('note: '))
    .map((line) => line.slice(6));
}

describe('a query without series is told', () => {
  test.each([
    ['http_request_total', 'there is no metric http_request_total; near it there is http_requests_total'],
    [
      'sum(rate(http_requests[5m]))',
      'there is no metric http_requests; near it there is http_requests_total',
    ],
    [
      'histogram_quantile(0.9, rate(latency_seconds_bucket[5m]))',
      'there is no metric latency_seconds_bucket; near it there is latency_seconds; if latency_seconds is a native histogram, ask histogram_quantile(0.9, rate(latency_seconds[5m])), histogram_count(…) or histogram_sum(…)',
    ],
    ['zzz', 'there is no metric zzz; get-available-metrics finds metrics by parts of their names'],
    ['up{namespace="shp"}', 'no series of up has namespace="shp": its values are "shop", …'],
    ['up{namespace="prod"}', 'no series of up has namespace="prod": its values are "bank", "shop"'],
    ['up{nmespace="shop"}', 'no series of up has nmespace="shop": there is no label nmespace, but namespace'],
    [
      'up{namespace="shop", job="bank"}',
      'no series of up meets all of namespace="shop", job="bank", but each alone finds some',
    ],
    ['{job="shp"}', 'no series has job="shp": its values are "shop", …'],
    ['up{pod=~"web.*"}', 'no series of up has pod=~"web.*": its values are "cart-0", "cart-1", "ledger-0"'],
  ])('%s: %s', async (promql, note) => {
    expect(await notesOf(promql)).toEqual([note]);
  });

  test('which of several selectors finds nothing', async () => {
    expect(await notesOf('up / on (zone) heap_bytes{pod="cart-9"}')).toEqual([
      'up finds 3 series',
      'no series of heap_bytes has pod="cart-9": its values are "cart-0"',
    ]);
  });

  test('that what is done with the series leaves none', async () => {
    const [first, second] = await notesOf('up > 5');
    expect(first).toBe('up finds 3 series');
    expect(second).toContain('a comparison filters them all');
    expect(await notesOf('up unless up')).toHaveLength(2);
  });

  test('when there are samples', async () => {
    // The disk job reported until 11:10.
    expect(await notesOf('disk_job_seconds')).toEqual([
      'disk_job_seconds has no samples from 2026-03-01T11:55:00Z to 2026-03-01T12:00:00Z, where the query looks; in the rest of the window 1 series have some: an instant query looks at to_time and 5 minutes before it; queryType "range", or a range such as last_over_time(…[1h]), looks at more',
    ]);
    // From 11:40 to 12:00, each 5 minutes back, 10 minutes ago.
    const before = await notesOf('increase(disk_job_seconds[5m] offset 10m)', {
      from_time: 'now-20m',
      queryType: 'range',
      step: '10m',
    });
    expect(before).toEqual([
      'disk_job_seconds has no samples from 2026-03-01T11:25:00Z to 2026-03-01T11:50:00Z, where the query looks; there are some at other times, the latest at 2026-03-01T11:10:00Z: move the window',
    ]);
  });

  test('that there is nothing at all', async () => {
    const empty = metricTools(new MemoryMetricStore());
    expect(await empty.ask('analyze-metrics', { promql: 'up' })).toContain(
      'note: there are no metrics at all',
    );
  });

  test('not more than some selectors', async () => {
    const notes = await notesOf('a1 or b1 or c1 or d1 or e1 or f1');
    expect(notes.filter((note) => note.startsWith('there is no metric'))).toHaveLength(4);
    expect(notes).toContain('2 more selectors were not tried');
  });
});

test('metrics and labels are matched as data', async () => {
  const notes = await notesOf('{"no such \\n metric"}');
  expect(notes).toEqual([
    'there is no metric no such \\n metric; get-available-metrics finds metrics by parts of their names',
  ]);
});
