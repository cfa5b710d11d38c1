import type { GaugeAggregate, MetricAggregate } from './aggregates.ts';
import { median } from './level-test.ts';

type Resource = 'cpu' | 'memory';

/** Metrics of use, in cores or bytes (counters by second), whatever separates their words. */
const USES: ReadonlyMap<string, Resource> = new Map([
  // The Collector's kubeletstats and container receivers (OpenTelemetry's semantic conventions for containers and pods).
  ['container_cpu_usage', 'cpu'],
  ['container_cpu_time_seconds_total', 'cpu'],
  ['k8s_pod_cpu_usage', 'cpu'],
  ['k8s_pod_cpu_time_seconds_total', 'cpu'],
  ['container_memory_working_set', 'memory'],
  ['k8s_pod_memory_working_set', 'memory'],
  ['k8s_pod_memory_working_set_bytes', 'memory'],
  // cAdvisor's.
  ['container_cpu_usage_seconds_total', 'cpu'],
  ['container_memory_working_set_bytes', 'memory'],
]);

/** Metrics of limits, in the same units. */
const LIMITS: ReadonlyMap<string, Resource> = new Map([
  ['k8s_container_cpu_limit', 'cpu'],
  ['k8s_container_memory_limit', 'memory'],
  ['k8s_container_memory_limit_bytes', 'memory'],
  ['container_spec_memory_limit_bytes', 'memory'],
]);

/** kube-state-metrics' limits, whose resource is a label, and cAdvisor's CPU: microseconds of each period. */
const STATE_LIMITS = 'kube_pod_container_resource_limits';
const QUOTA = 'container_spec_cpu_quota';
const PERIOD = 'container_spec_cpu_period';

/** What is near its limit: from here on the kernel throttles a processor, and kills for memory soon. */
export const NEAR_LIMIT = 0.9;

/** Beyond any memory of a node: how cAdvisor writes that there is no limit. */
const UNLIMITED = 2 ** 60;

/**
 * The metrics of one window, and what they tell together: the share of its limit that a container, or a pod with limits
 * for its containers, uses of CPU and memory, as `cpu_limit_utilization (computed)` and `memory_limit_utilization (computed)`, 0 to about 1.
 */
export function withLimitShares(metrics: readonly MetricAggregate[]): readonly MetricAggregate[] {
  const limits = limitsOf(metrics);
  if (limits.size === 0) return metrics;
  const shares = metrics.flatMap((metric): GaugeAggregate[] => {
    const resource = USES.get(plain(metric.name));
    const labels = labelsOf(metric);
    // cAdvisor has one series for each core, or one for all.
    if (resource === undefined || !['', 'total'].includes(labels.get('cpu') ?? '')) return [];
    const container = containerOf(labels);
    const limit = limits.get(keyOf(metric, resource))?.get(container);
    const all = [...(limits.get(keyOf(metric, resource))?.values() ?? [])];
    const total = limit ?? (container === '' && all.length > 0 ? all.reduce((a, b) => a + b, 0) : undefined);
    if (total === undefined) return [];
    const name = `${resource}_limit_utilization (computed)`;
    const own = { workload: metric.workload, pod: metric.pod, name };
    const samples = metric.samples.map(
      ([stretch, value, seconds = 1]) => [stretch, value / seconds / total] as const,
    );
    return [{ ...own, labels: container === '' ? '' : `container=${container}`, kind: 'gauge', samples }];
  });
  return [...metrics, ...shares];
}

/** The limits of each pod and resource by container. */
function limitsOf(metrics: readonly MetricAggregate[]): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const limits = new Map<string, Map<string, number>>();
  const periods = new Map<string, number>();
  const levels = metrics.flatMap((metric) => {
    const name = plain(metric.name);
    const labels = labelsOf(metric);
    const level = median(metric.samples.map(([, value]) => value));
    const container = containerOf(labels);
    if (name === PERIOD) periods.set(JSON.stringify([keyOf(metric, 'cpu'), container]), level);
    const resource =
      name === STATE_LIMITS ? labels.get('resource') : name === QUOTA ? 'cpu' : LIMITS.get(name);
    if ((resource !== 'cpu' && resource !== 'memory') || level <= 0 || level >= UNLIMITED) return [];
    return [{ key: keyOf(metric, resource), container, level, isQuota: name === QUOTA }];
  });
  for (const { key, container, level, isQuota } of levels) {
    const limit = isQuota ? level / (periods.get(JSON.stringify([key, container])) ?? 100_000) : level;
    limits.set(key, (limits.get(key) ?? new Map<string, number>()).set(container, limit));
  }
  return limits;
}

const plain = (name: string): string => name.replace(/[^a-zA-Z0-9]+/g, '_');

const keyOf = ({ workload, pod }: MetricAggregate, resource: Resource): string =>
  JSON.stringify([workload, pod, resource]);

/** The labels of a text `name=value,name=value`; what has a comma in it is not one that is looked for. */
const labelsOf = ({ labels }: MetricAggregate): ReadonlyMap<string, string> =>
  new Map(
    labels.split(',').map((pair): [string, string] => {
      const at = pair.indexOf('=');
      return [pair.slice(0, Math.max(0, at)), pair.slice(at + 1)];
    }),
  );

const containerOf = (labels: ReadonlyMap<string, string>): string =>
  labels.get('container') ?? labels.get('k8s_container_name') ?? labels.get('container_name') ?? '';
