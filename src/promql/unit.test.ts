import { expect, test } from 'vitest';
import { parseQuery } from './parser.ts';
import { unitOf } from './unit.ts';

test.each([
  ['container_memory_working_set_bytes', 'bytes'],
  ['sum by (pod) (container_memory_usage_bytes) > 1e9', 'bytes'],
  ['rate(container_network_receive_bytes_total[5m])', 'bytes per second'],
  ['sum(rate(container_network_receive_bytes_total[5m])) or vector(0)', undefined],
  ['increase(container_network_receive_bytes_total[5m])', 'bytes'],
  ['rate(container_cpu_usage_seconds_total[5m])', undefined],
  ['increase(container_cpu_usage_seconds_total[5m])', 'seconds'],
  ['histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))', 'seconds'],
  ['rate(http_request_duration_seconds_count[5m])', undefined],
  ['rate(a_seconds_sum[5m]) / rate(a_seconds_count[5m])', undefined],
  ['a_bytes - b_bytes', 'bytes'],
  ['a_bytes - b_seconds', undefined],
  ['a_bytes / 1024', undefined],
  ['a_bytes > bool 5', undefined],
  ['5 < a_bytes', 'bytes'],
  ['-a_bytes', 'bytes'],
  ['a_bytes unless b_seconds', 'bytes'],
  ['quantile_over_time(0.9, a_seconds[1h:5m])', 'seconds'],
  ['topk(3, avg_over_time(cpu_usage_ratio[5m]))', 'ratio'],
  ['success_rate_percent', 'percent'],
  ['count(a_bytes)', undefined],
  ['process_start_time_seconds', undefined],
  ['time() - process_start_time_seconds', undefined],
  ['{__name__=~".*_bytes"}', undefined],
  ['up', undefined],
  ['"text"', undefined],
])('of %s', (query, unit) => {
  expect(unitOf(parseQuery(query))).toBe(unit);
});
