import { describe, expect, it } from 'vitest';
import type { Aggregates, MetricAggregate } from './aggregates.ts';
import { namedCauses } from './causes.ts';
import { compareWindows } from './compare.ts';
import { bucketOf } from './histogram.ts';
import { withLimitShares } from './limit-shares.ts';

const pod = { workload: 'cart', pod: 'cart-0' };

const gauge = (name: string, labels: string, values: readonly number[]): MetricAggregate => ({
  ...{ ...pod, name, labels, kind: 'gauge' },
  samples: values.map((value, i) => [i, value]),
});

/** A counter that rises by these, each in 30 s. */
const counter = (name: string, labels: string, rises: readonly number[]): MetricAggregate => ({
  ...{ ...pod, name, labels, kind: 'counter' },
  samples: rises.map((rise, i) => [i, rise, 30]),
});

const shares = (...metrics: MetricAggregate[]) =>
  withLimitShares(metrics)
    .slice(metrics.length)
    .map(({ name, labels, samples }) => [name, labels, samples.map(([, value]) => value)]);

describe('shares of limits', () => {
  it.each([
    [
      'kube-state-metrics',
      [gauge('kube_pod_container_resource_limits', 'container=app,resource=cpu,unit=core', [0.5])],
    ],
    [
      'cAdvisor',
      [
        gauge('container_spec_cpu_quota', 'container=app', [25_000]),
        gauge('container_spec_cpu_period', 'container=app', [50_000]),
      ],
    ],
    ['cAdvisor, with the usual period', [gauge('container_spec_cpu_quota', 'container=app', [50_000])]],
    ['the Collector', [gauge('k8s.container.cpu_limit', 'k8s_container_name=app', [0.5])]],
  ])('of CPU are rates over the limits of %s', (_, limits) => {
    const use = counter('container_cpu_usage_seconds_total', 'container=app,cpu=total', [6, 15]);
    expect(shares(use, ...limits)).toEqual([['cpu_limit_utilization (computed)', 'container=app', [0.4, 1]]]);
  });

  it('of a pod are of the limits of its containers together', () => {
    const limits = ['app', 'proxy'].map((name) =>
      gauge('k8s_container_memory_limit_bytes', `k8s_container_name=${name}`, [2e8]),
    );
    const use = gauge('k8s_pod_memory_working_set_bytes', '', [1e8, 3e8]);
    expect(shares(use, ...limits)).toEqual([['memory_limit_utilization (computed)', '', [0.25, 0.75]]]);
  });

  it('are not there without a limit, or where it stands for none', () => {
    const use = gauge('container_memory_working_set_bytes', 'container=app', [1e8]);
    const none = ['0', '9223372036854771712'].map((limit) =>
      gauge('container_spec_memory_limit_bytes', 'container=app', [Number(limit)]),
    );
    const other = gauge('container_spec_memory_limit_bytes', 'container=proxy', [2e8]);
    const quota = gauge('container_spec_cpu_quota', 'container=app', [-1]);
    const core = counter('container_cpu_usage_seconds_total', 'container=app,cpu=cpu00', [6]);
    expect(shares(use, core, quota, other)).toEqual([]);
    for (const limit of none) expect(shares(use, limit)).toEqual([]);
  });
});

describe('requests that take longer by themselves', () => {
  const times = (ms: number) =>
    Array.from(
      { length: 6 },
      () => new Map(Array.from({ length: 20 }, (_, i) => [bucketOf((ms + i) * 1e6), 1])),
    );
  const side = (ms: number, metrics: readonly MetricAggregate[]): Aggregates => ({
    ...{ stretches: 6, calls: [], unserved: [], patterns: [], lines: [], pods: [], metrics },
    operations: [
      {
        ...{ workload: 'cart', operation: 'GET /', failingBelow: new Map() },
        ...{
          requests: [20, 20, 20, 20, 20, 20],
          failed: [0, 0, 0, 0, 0, 0],
          duration: times(ms),
          own: times(ms),
        },
      },
    ],
  });
  const kindOf = (before: readonly MetricAggregate[], after: readonly MetricAggregate[]) => {
    const [baseline, window] = [side(40, before), side(120, after)];
    return namedCauses(compareWindows(baseline, window), window, baseline).map(({ kind }) => kind);
  };
  const limit = gauge('k8s_container_cpu_limit', 'container=app', [1, 1, 1, 1, 1, 1]);
  const use = (level: number) =>
    gauge(
      'container_cpu_usage',
      'container=app',
      [1, 1.01, 0.99, 1, 1.02, 1].map((part) => part * level),
    );
  /** Throttled for about as many periods in 30 s. */
  const throttled = (level: number) =>
    counter(
      'container_cpu_cfs_throttled_periods_total',
      'container=app',
      [1, 1.2, 0.9, 1, 1.1, 0.8].map((part) => part * level),
    );

  it('are a code path where nothing tells of a processor', () => {
    expect(kindOf([], [])).toEqual(['code path']);
    expect(kindOf([use(0.7)], [use(0.97)])).toEqual(['code path']);
  });

  it('lack CPU where it comes near its limit, or is throttled', () => {
    expect(kindOf([use(0.7), limit], [use(0.97), limit])).toEqual(['resource pressure']);
    expect(kindOf([use(0.4), limit], [use(0.55), limit])).toEqual(['code path']);
    expect(kindOf([throttled(100)], [throttled(400)])).toEqual(['resource pressure']);
  });
});
