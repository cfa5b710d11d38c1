import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { prometheusName } from './metric-name.ts';

const counter = { counter: true, gauge: false };
const gauge = { counter: false, gauge: true };
const other = { counter: false, gauge: false };

describe('a name', () => {
  test.each([
    // What Prometheus makes of these, by the tests of its translator.
    ['requests', '', counter, 'requests_total', ''],
    ['cpu_usage', '1', gauge, 'cpu_usage_ratio', 'ratio'],
    ['items', '1', counter, 'items_total', ''],
    ['items', '1', other, 'items', ''],
    ['response_time', 'ms', gauge, 'response_time_milliseconds', 'milliseconds'],
    ['memory_usage', 'By', gauge, 'memory_usage_bytes', 'bytes'],
    ['requests', '1/s', gauge, 'requests_per_second', 'per_second'],
    ['throughput', 'By/s', gauge, 'throughput_bytes_per_second', 'bytes_per_second'],
    ['speed', 'm/s', gauge, 'speed_meters_per_second', 'meters_per_second'],
    ['beats', '{beat}/min', gauge, 'beats_per_minute', 'per_minute'],
    ['custom_metric', 'custom_unit', gauge, 'custom_metric_custom_unit', 'custom_unit'],
    ['custom_metric', '{custom}', gauge, 'custom_metric', ''],
    ['custom_metric', 'By/{custom}', gauge, 'custom_metric_bytes', 'bytes'],
    ['requests_total', '', counter, 'requests_total', ''],
    ['total.requests', '', counter, 'requests_total', ''],
    ['cpu_usage_ratio', '1', gauge, 'cpu_usage_ratio', 'ratio'],
    ['response_time_seconds', 's', gauge, 'response_time_seconds', 'seconds'],
    ['cpu_seconds_total', 's', counter, 'cpu_seconds_total', 'seconds'],
    ['seconds.of.cpu', 's', counter, 'seconds_of_cpu_total', 'seconds'],
    ['requests', '1/s', counter, 'requests_per_second_total', 'per_second'],
    ['metric__with__underscores', 'unit__too', gauge, 'metric_with_underscores_unit_too', 'unit_too'],
    [
      'custom_metric',
      'unit@with#special/chars',
      gauge,
      'custom_metric_unit_with_special_per_chars',
      'unit_with_special_per_chars',
    ],
    ['metric@with#special$chars', '', gauge, 'metric_with_special_chars', ''],
    ['bytes_per_second', 'By/s', gauge, 'bytes_per_second', 'bytes_per_second'],
    ['requests_per_second_total', '1/s', counter, 'requests_per_second_total', 'per_second'],
    ['123metric', '', gauge, '_123metric', ''],
    ['with:colon', '', gauge, 'with:colon', ''],
    ['http.server.request.duration', 's', other, 'http_server_request_duration_seconds', 'seconds'],
    ['k8s.pod.cpu.usage', '{cpu}', gauge, 'k8s_pod_cpu_usage', ''],
    ['disk', 'TiBy', gauge, 'disk_tebibytes', 'tebibytes'],
    ['disk', 'kBy', gauge, 'disk_kilobytes', 'kilobytes'],
    ['uptime', ' d ', gauge, 'uptime_days', 'days'],
    ['load', '%', gauge, 'load_percent', 'percent'],
    ['@#$%', 's', counter, '', ''],
    ['', '', gauge, '', ''],
  ])('%j in %j', (name, unit, kind, expected, words) => {
    expect(prometheusName({ name, unit, ...kind })).toEqual({ name: expected, unit: words });
  });

  test('is one that Prometheus takes, whatever is sent', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.string(),
        fc.boolean(),
        fc.boolean(),
        (name, unit, counter, gauge) => {
          const made = prometheusName({ name, unit, counter, gauge }).name;
          expect(made).toMatch(/^(?:[a-zA-Z_:][a-zA-Z0-9_:]*)?$/);
          expect(made).not.toContain('__');
        },
      ),
    );
  });
});
