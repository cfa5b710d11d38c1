import type { Scope } from '../scope.ts';
import type { Window } from '../window.ts';
import type { ChangeKind, Observation } from './change.ts';
import { workloadOfObject } from './kubernetes-object.ts';
import type { MetricObject, MetricRule } from './metric-rules.ts';

/** The samples of a series on a grid, in order of time. */
export interface MetricSamples {
  /** The value of a label; empty where there is none. */
  readonly label: (name: string) => string;
  /** Milliseconds since the epoch. */
  readonly times: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/** Which object a series is about, whoever gave it its labels. */
export interface SeriesObject {
  readonly cluster: string;
  readonly namespace: string;
  readonly workload: string;
  readonly node: string;
  readonly pod: string;
  readonly container: string;
}

/** What a container ended with, at a time in ms since the epoch; empty where nothing says so. */
export type ReasonAt = (object: SeriesObject, time: number) => string;

/**
 * A label by any of its names: of our own ingest and kube-state-metrics, as `exported_…` where the scraped
 * target has a label of that name too, and as the Collector writes resource attributes to Prometheus.
 */
function labelOf({ label }: Pick<MetricSamples, 'label'>, name: string, attribute: string): string {
  return label(`exported_${name}`) || label(name) || label(attribute);
}

/** The object of a series; undefined where its labels name none, or one that the scope hides. */
export function objectOf(
  series: Pick<MetricSamples, 'label'>,
  kind: MetricObject,
  { clusters, namespaces }: Pick<Scope, 'clusters' | 'namespaces'>,
): SeriesObject | undefined {
  const cluster = labelOf(series, 'cluster', 'k8s_cluster_name');
  const namespace = kind === 'node' ? '' : labelOf(series, 'namespace', 'k8s_namespace_name');
  if (clusters !== undefined && !clusters.includes(cluster)) return undefined;
  if (namespaces !== undefined && !namespaces.includes(namespace)) return undefined;
  const place = { cluster, namespace, node: '', pod: '', container: '', workload: '' };
  if (kind === 'node') {
    const node = labelOf(series, 'node', 'k8s_node_name');
    return node === '' ? undefined : { ...place, node };
  }
  if (kind === 'pod') {
    const pod = labelOf(series, 'pod', 'k8s_pod_name');
    const container = labelOf(series, 'container', 'k8s_container_name');
    return pod === '' ? undefined : { ...place, pod, container, workload: workloadOfObject('Pod', pod) };
  }
  const name = labelOf(series, labelNames[kind] ?? kind, `k8s_${kind}_name`);
  if (kind === 'replicaset') {
    return name === '' ? undefined : { ...place, workload: workloadOfObject('ReplicaSet', name) };
  }
  // Of other objects that OTLP tells of, `workload` is the name.
  const workload = name || (kind === 'hpa' ? '' : series.label('workload'));
  return workload === ''
    ? undefined
    : { ...place, workload: kind === 'job' ? workloadOfObject('Job', workload) : workload };
}

/** Of kube-state-metrics, where they are not the kind. */
const labelNames: Partial<Record<MetricObject, string>> = {
  hpa: 'horizontalpodautoscaler',
  job: 'job_name',
};

export interface MetricContext {
  readonly window: Window;
  readonly scope: Scope;
  /** The last time of the grid, ms since the epoch: a series that ends before it is gone. */
  readonly end: number;
  readonly reasonAt: ReasonAt;
}

/** What changed in a series, by the rule of its metric, within the window. */
export function metricObservations(
  rule: MetricRule,
  series: MetricSamples,
  { window, scope, end, reasonAt }: MetricContext,
): Observation[] {
  const object = objectOf(series, rule.object, scope);
  if (object === undefined) return [];
  return stepsOf(series, window, end).flatMap((step): Observation[] => {
    const read = readStep(rule, series, step, (time) => reasonAt(object, time));
    if (read === undefined) return [];
    const time = BigInt(Math.round(step.time)) * 1_000_000n;
    return [
      {
        ...object,
        kind: rule.kind,
        topic: '',
        source: 'metric',
        origin: rule.metric,
        first: time,
        last: time,
        count: 1,
        reason: '',
        message: '',
        onNode: '',
        steps: [],
        continues: false,
        ...read,
      },
    ];
  });
}

interface Step {
  /** Of the first sample that has the new value, ms since the epoch. */
  readonly time: number;
  readonly from: number;
  readonly to: number;
  /** The series ends soon after. */
  readonly isGone: boolean;
}

/** What ends within this time, ms, was going to anyway: a pod that is deleted is not ready first. */
const ending = 420_000;

function stepsOf({ times, values }: MetricSamples, { from, to }: Window, end: number): Step[] {
  const steps: Step[] = [];
  const last = times[times.length - 1] ?? 0;
  for (let i = 1; i < times.length; i++) {
    const [time = 0, before = 0, after = 0] = [times[i], values[i - 1], values[i]];
    const ns = BigInt(Math.round(time)) * 1_000_000n;
    if (before === after || Number.isNaN(before) || Number.isNaN(after) || ns < from || ns >= to) continue;
    steps.push({ time, from: before, to: after, isGone: last < end && last - time < ending });
  }
  return steps;
}

type Read = Partial<Observation>;

function readStep(
  { reading }: MetricRule,
  { label }: MetricSamples,
  { time, from, to, isGone }: Step,
  reasonAt: (time: number) => string,
): Read | undefined {
  switch (reading.as) {
    case 'restarts': {
      if (to < from) return undefined;
      const reason = reasonAt(time);
      return {
        ...(reason === 'OOMKilled' && { kind: 'oom_kill' }),
        count: Math.round(to - from),
        reason: reason || 'restarted',
        steps: [{ name: 'restarts', from: String(from), to: String(to) }],
      };
    }
    case 'count':
      return to < from ? undefined : { count: Math.round(to - from), reason: reading.of };
    case 'number':
      return { steps: [{ name: reading.step, from: String(from), to: String(to) }] };
    case 'replica set': {
      const name = labelOf({ label }, 'replicaset', 'k8s_replicaset_name');
      const direction = to > from ? 'up' : 'down';
      return { replicaSet: { name, from: String(from), to: String(to), direction } };
    }
    case 'value': {
      const reason = reading.values[to];
      if (reason === undefined || (reading.unlessGone && isGone)) return undefined;
      return { reason };
    }
    case 'label': {
      const reason = label(reading.label);
      const kind: ChangeKind | undefined = Object.hasOwn(reading.kinds, reason)
        ? reading.kinds[reason]
        : undefined;
      return kind === undefined || to < 1 || from >= 1 ? undefined : { kind, reason };
    }
    case 'condition': {
      const name = reading.condition;
      return { topic: name, steps: [{ name, from: truth(from), to: truth(to) }] };
    }
    case 'condition by label': {
      const name = label('condition');
      return to === 1 ? { topic: name, steps: [{ name, from: '', to: label('status') }] } : undefined;
    }
  }
}

const truth = (value: number): string => (value > 0 ? 'true' : value === 0 ? 'false' : 'unknown');
