import { describe, expect, test } from 'vitest';
import { sampleMetrics } from '../../test/support/metric-sample.ts';
import { metricTools } from '../../test/support/metric-tools.ts';

const { json } = metricTools(sampleMetrics());

async function notesOf(promql: string, more = {}): Promise<string[]> {
  const answer = await json('analyze-metrics', { promql, to_time: 'now', ...more });
  if (typeof answer !== 'object' || answer === null || !('notes' in answer)) throw new Error('no notes');
  const notes = Array.isArray(answer.notes) ? answer.notes.map(String) : [];
  return notes.filter((note) => !note.startsWith('server clock'));
}

describe('a label that no series has is told', () => {
  test.each([
    [
      'sum by (nmespace) (up)',
      'by (nmespace): no series of up has a label nmespace; near it there is namespace',
    ],
    [
      'sum by (zone) (rate(http_requests_total[5m] offset 1m))',
      'by (zone): no series of http_requests_total has a label zone: labels are cluster, code, namespace, pod',
    ],
    ['sum without (pdo) (up)', 'without (pdo): no series of up has a label pdo; near it there is pod'],
    ['count(up{jb!="shop"})', 'jb!="shop": no series of up{jb!="shop"} has a label jb; near it there is job'],
    [
      'count(up / on (namespace, podd) group_left () heap_bytes) or vector(0)',
      'on (namespace, podd): no series of up has a label podd; near it there is pod',
    ],
  ])('%s', async (promql, note) => {
    expect(await notesOf(promql)).toContain(note);
  });

  test.each([
    'sum by (namespace) (up)',
    'sum by (namespace) (up{namespace="shop"} or heap_bytes)',
    'sum by (made) (label_replace(up, "made", "$1", "pod", "(.*)"))',
    'max(sum by (made) (label_replace(up, "made", "$1", "pod", "(.*)")))',
    'max(sum by (n) (count_values by (pod) ("n", up)))',
    'sum(up{pod!~"cart.*"})',
    'vector(1)',
  ])('and none that some has: %s', async (promql) => {
    expect(await notesOf(promql)).toEqual([]);
  });
});

describe('samples that no point of a range query tells of', () => {
  const range = { queryType: 'range', from_time: 'now-1h' };
  const latest =
    'each point is the latest sample (of the last 5m), those in the 10m between points are in none: avg_over_time(…[10m]) or max_over_time(…[10m]) see all';
  const part =
    'each point looks at 5m of the 10m between points, what happened in the rest is in none: a range of [10m] or a step of 5m sees all';

  test.each([
    ['sum(up)', '10m', [latest]],
    ['sum(up)', '5m', []],
    ['sum(rate(http_requests_total[5m]))', '10m', [part]],
    ['sum(rate(http_requests_total[10m]))', '10m', []],
    ['sum(rate(http_requests_total[5m])) / sum(up)', '10m', [part, latest]],
    ['max_over_time(sum(up)[10m:1m])', '10m', []],
    ['sum(up @ end())', '10m', []],
  ])('%s every %s', async (promql, step, notes) => {
    expect(await notesOf(promql, { ...range, step })).toEqual(notes);
  });

  test('an instant query has no such samples', async () => {
    expect(await notesOf('sum(up)')).toEqual([]);
  });
});
