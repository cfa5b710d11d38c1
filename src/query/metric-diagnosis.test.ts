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
    [
      'rate(requests_http_count[5m])',
      'there is no metric requests_http_count; near it there is http_requests_total',
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

  test.each([
    ['up > 5', 'up has no value but 1, which the comparison leaves out'],
    [
      'sum by (pod) (rate(http_requests_total[5m])) < 0',
      'sum by (pod) (rate(http_requests_total[5m])) has values from 0.5 to 2: the comparison leaves all out',
    ],
    ['max(5 < heap_bytes < 1)', '5 < heap_bytes has no value but 1000, which the comparison leaves out'],
    [
      'sum(rate(http_requests_total[30s]))',
      'rate needs samples in its range: http_requests_total[30s] holds at most 1 sample of a series; take a longer range than [30s], such as [5m]',
    ],
    ['up unless up', 'every series of up is on the right of unless too'],
    ['up and on (pod) (up > 5)', 'up has no value but 1, which the comparison leaves out'],
    ['up < on (pod) up', 'the sides meet, but nowhere is up < on (pod) up true'],
    [
      'sum(heap_bytes / node_load1)',
      'no series of the two sides meet by all labels; on (…) or ignoring (…) says which count: left there is {cluster="eu", namespace="shop", pod="cart-0"}, right {cluster="eu", node="n1"}',
    ],
    [
      'heap_bytes * on (pod) node_load1',
      'no series of the two sides meet on (pod): left there is {cluster="eu", namespace="shop", pod="cart-0"}, right {cluster="eu", node="n1"}',
    ],
  ])('what takes all series away: %s', async (promql, note) => {
    const notes = await notesOf(promql);
    expect(notes.at(-1)).toBe(note);
    for (const other of notes.slice(0, -1)) expect(other).toMatch(/^\w+ finds \d series$/);
  });

  test('what takes all series away, over time', async () => {
    const range = { queryType: 'range', from_time: 'now-20m', step: '5m' };
    expect((await notesOf('heap_bytes > 2000', range)).at(-1)).toBe(
      // Of the minutes 40, 45, 50, 55 and 60.
      'heap_bytes has values from 1000 to 1300.75: the comparison leaves all out',
    );
  });

  test('that it is not known what takes all series away', async () => {
    expect((await notesOf('topk(0, up)')).at(-1)).toMatch(/^what is done with the series leaves none/);
  });

  test('nothing of what its key does not see', async () => {
    const limits = { namespaces: ['shop'] };
    const told = async (promql: string) => ask('analyze-metrics', { promql }, limits);
    expect(await told('up{pod="ledger-0"}')).toContain('its values are "cart-0", "cart-1"\n');
    expect(await told('disk_job_second')).toMatch(/there is no metric disk_job_second(?!;.*disk)/);
    expect(await told('rate(http_requests_total[5m]) > 5')).toContain('values from 0.5 to 1:');
    expect(await told('disk_job_seconds')).not.toMatch(/11:10|vault/);
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
