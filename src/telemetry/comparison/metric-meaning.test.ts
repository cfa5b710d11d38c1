import { expect, it } from 'vitest';
import { isEventCounter, isPressure, isStarvation, limitShareOf, measureOf } from './metric-meaning.ts';

it('reads what is measured from the names that collectors give', () => {
  const names = {
    'k8s.pod.cpu.usage': 'cpu',
    container_cpu_usage_seconds_total: 'cpu',
    'CpuUsage(m)': 'cpu',
    container_cpu_cfs_throttled_periods_total: 'throttling',
    'container.cpu.throttling_data.throttled_time': 'throttling',
    container_memory_working_set_bytes: 'memory',
    'k8s.pod.memory.rss': 'memory',
    container_fs_writes_bytes_total: 'disk',
    'k8s.pod.network.io{direction=receive}': 'network',
    kube_pod_container_status_restarts_total: 'events',
    'k8s.container.restarts': 'events',
    container_oom_events_total: 'events',
    'http.server.request.duration': 'latency',
    queue_length: 'other',
  };
  expect(Object.fromEntries(Object.keys(names).map((name) => [name, measureOf(name)]))).toEqual(names);
});

it('takes use and waiting for pressure, not what is set or free', () => {
  const pressure = [
    'k8s.pod.cpu.usage',
    'k8s.pod.cpu_limit_utilization',
    'MemoryUsageRate(%)',
    'container_cpu_cfs_throttled_seconds_total',
    'container_pressure_cpu_waiting_seconds_total',
  ];
  const none = [
    'k8s.container.cpu_request',
    'container_spec_memory_limit_bytes',
    'k8s.pod.memory.available',
    'container_memory_cache',
    'k8s.pod.network.io',
    'kube_pod_container_status_restarts_total',
    'nezha.pod.workload',
  ];
  expect([...pressure, ...none].filter(isPressure)).toEqual(pressure);
  expect(isEventCounter('kube_pod_container_status_restarts_total')).toBe(true);
});

it('knows shares of limits, and what tells of a processor that is short', () => {
  const names = [
    'k8s.container.cpu_limit_utilization',
    'k8s.pod.memory_limit_utilization',
    'container_cpu_limit_percent',
    'k8s.container.cpu_limit',
    'k8s.pod.cpu_request_utilization',
    'container_cpu_cfs_throttled_seconds_total',
  ];
  expect(names.map((name) => limitShareOf(name)?.whole)).toEqual([
    1,
    1,
    100,
    undefined,
    undefined,
    undefined,
  ]);
  expect(names.filter(isStarvation)).toEqual([names[0], names[2], names[5]]);
});
