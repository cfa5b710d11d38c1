import { scopeOf } from '../access/scope.ts';
import type { Whereabouts } from '../store/kubernetes-events.ts';
import type { MetricStore } from '../store/metrics/metric-store.ts';
import { InputError } from '../telemetry/input-error.ts';
import type { Observation } from '../telemetry/kubernetes/change.ts';
import { imageName } from '../telemetry/kubernetes/image.ts';
import {
  type MetricSamples,
  metricObservations,
  objectOf,
  type ReasonAt,
  type SeriesObject,
} from '../telemetry/kubernetes/metric-changes.ts';
import { containerInfo, lastTerminatedReason, metricRules } from '../telemetry/kubernetes/metric-rules.ts';
import { type Sighting, sightingObservations } from '../telemetry/kubernetes/sightings.ts';
import type { Window } from '../telemetry/window.ts';
import type { Call } from './queries.ts';
import type { QueryContext } from './subject.ts';
import { WindowedMetrics } from './windowed-metrics.ts';

/** What metrics tell of changes. */
export interface MetricChanges {
  readonly observations: readonly Observation[];
  /** Known metrics that have samples; undefined where the store does not say. */
  readonly present: readonly string[] | undefined;
  /** Metrics of which more series changed than were read. */
  readonly cut: readonly string[];
  /** ms between two looks at a metric. */
  readonly step: number;
}

/** All that are looked for. */
export const knownMetrics = [...metricRules.map(({ metric }) => metric), lastTerminatedReason, containerInfo];

/**
 * What the metrics of the k8s_cluster receiver and of kube-state-metrics tell, in our own tables or behind a
 * Prometheus-compatible API: of each metric that is there, first which series changed, then how they did.
 *
 * @throws StoreError when the store does not answer
 */
export async function metricChanges(
  context: QueryContext,
  { store, window, ...where }: Whereabouts & { readonly store: MetricStore; readonly window: Window },
  call: Call,
): Promise<MetricChanges> {
  const metrics = new WindowedMetrics(context, store, window, where, call);
  const present = await metrics.present(knownMetrics);
  const scope = scopeOf(call.principal);
  const rules = metricRules.filter(
    ({ metric, object }) =>
      // Nodes are in no namespace: who sees some namespaces alone sees no nodes.
      (present === undefined || present.includes(metric)) && !(object === 'node' && scope.namespaces),
  );
  const observations: Observation[] = [];
  const cut: string[] = [];
  let reasonAt: ReasonAt | undefined;
  const look = async (metric: string, at: () => Promise<Looked>): Promise<void> => {
    try {
      const found = await at();
      observations.push(...found.observations);
      if (found.isCut) cut.push(metric);
    } catch (error) {
      // More than a query may hold, or the store takes: the other metrics tell what they can.
      if (!(error instanceof InputError)) throw error;
      cut.push(metric);
    }
  };
  for (const rule of rules) {
    await look(rule.metric, async () => {
      const { series, isCut } = await metrics.changed(rule.metric);
      if (series.length > 0 && rule.reading.as === 'restarts') {
        reasonAt ??= await terminationReasons(metrics, present, series, scope);
      }
      const found = { window, scope, end: metrics.end, reasonAt: reasonAt ?? (() => '') };
      return { observations: series.flatMap((one) => metricObservations(rule, one, found)), isCut };
    });
  }
  if (present === undefined || present.includes(containerInfo)) {
    await look(containerInfo, () => imageChanges(metrics, scope));
  }
  return { observations, present, cut, step: metrics.step };
}

type Limits = ReturnType<typeof scopeOf>;

/** Why the containers that started anew had ended. */
async function terminationReasons(
  metrics: WindowedMetrics,
  present: readonly string[] | undefined,
  series: readonly MetricSamples[],
  scope: Limits,
): Promise<ReasonAt> {
  if (present !== undefined && !present.includes(lastTerminatedReason)) return () => '';
  const reasons = new Map<string, (MetricSamples & { readonly cluster: string })[]>();
  for (const one of await metrics.range(lastTerminatedReason, series)) {
    const object = objectOf(one, 'pod', scope);
    if (object === undefined) continue;
    const key = containerKey(object);
    reasons.set(key, [...(reasons.get(key) ?? []), { ...one, cluster: object.cluster }]);
  }
  // The reason may be scraped a moment after the count.
  const soon = Math.max(2 * metrics.step, 60_000);
  return (object, time) => {
    let reason = '';
    let since = 0;
    for (const one of reasons.get(containerKey(object)) ?? []) {
      // Who counts may name the cluster where who says why does not.
      if (one.cluster !== object.cluster && one.cluster !== '' && object.cluster !== '') continue;
      const began = beganToHold(one, time, time + soon);
      // A series is seen for minutes after its end: the reason that came last counts.
      if (began !== undefined && began >= since) [reason, since] = [one.label('reason'), began];
    }
    return reason;
  };
}

/** Since when a series is 1 that is so at any time between these, ms since the epoch. */
function beganToHold({ times, values }: MetricSamples, from: number, to: number): number | undefined {
  let began: number | undefined;
  for (let i = 0; i < times.length; i++) {
    const time = times[i] ?? 0;
    if (time > to) break;
    if (values[i] !== 1) began = undefined;
    else began ??= time;
  }
  const last = times[times.length - 1] ?? 0;
  return last < from ? undefined : began;
}

const containerKey = ({ namespace, pod, container }: SeriesObject): string =>
  JSON.stringify([namespace, pod, container]);

interface Looked {
  readonly observations: readonly Observation[];
  readonly isCut: boolean;
}

/** Containers of one name in the pods of one workload that run another image than before. */
async function imageChanges(metrics: WindowedMetrics, scope: Limits): Promise<Looked> {
  const groups = new Map<string, MetricSamples[]>();
  const { series: all, isCut } = await metrics.all(containerInfo);
  for (const one of all) {
    const object = objectOf(one, 'pod', scope);
    if (object === undefined) continue;
    const { cluster, namespace, workload, container } = object;
    const key = JSON.stringify([cluster, namespace, workload, container]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const changed = [...groups.values()].filter(
    (of) => new Set(of.map(({ label }) => label('image'))).size > 1,
  );
  if (changed.length === 0) return { observations: [], isCut };
  const sightings = (await metrics.range(containerInfo, changed.flat())).flatMap((one): Sighting[] => {
    const object = objectOf(one, 'pod', scope);
    const [first, last] = [one.times[0], one.times[one.times.length - 1]];
    if (object === undefined || first === undefined || last === undefined) return [];
    return [
      {
        ...object,
        version: '',
        image: imageName(one.label('image')),
        replicaSet: '',
        first: nanoseconds(first),
        last: nanoseconds(last),
        slots: one.times.length,
      },
    ];
  });
  const told = sightingObservations(sightings, metrics.window, { source: 'metric', origin: containerInfo });
  // A series is seen for minutes after its end, so when its pod went is not known.
  return { observations: told.filter(({ kind }) => kind === 'rollout'), isCut };
}

const nanoseconds = (milliseconds: number): bigint => BigInt(Math.round(milliseconds)) * 1_000_000n;
