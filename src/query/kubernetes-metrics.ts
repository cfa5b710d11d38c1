import { scopeOf } from '../access/scope.ts';
import { METRIC_NAME } from '../promql/labels.ts';
import type { MatrixSeries } from '../promql/query-result.ts';
import type { Whereabouts } from '../store/kubernetes-events.ts';
import type { MetricStore } from '../store/metrics/metric-store.ts';
import { quotePattern } from '../store/metrics/scope-matchers.ts';
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
import { metricOptions } from './metric-subject.ts';
import { parsePromql } from './parse-promql.ts';
import { timeoutOf } from './promql.ts';
import type { Call } from './queries.ts';
import type { QueryContext } from './subject.ts';

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

/** Series of one metric that changed, and are read: more is no list that anyone reads. */
const mostChanged = 300;

/** Series of containers, of which images are compared. */
const mostContainers = 20_000;

/** How long before the window a value may come from, ms; as Prometheus looks back. */
const lookback = 300_000;

/** ms; a store is asked for at most 1,000 points of a series. */
const shortestStep = 15_000;
const mostPoints = 1_000;

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
  const asking = new Asking(context, store, window, where, call);
  const present = await asking.present();
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
      const { series, isCut } = await asking.changed(rule.metric);
      if (series.length > 0 && rule.reading.as === 'restarts') {
        reasonAt ??= await terminationReasons(asking, present, series, scope);
      }
      const found = { window, scope, end: asking.end, reasonAt: reasonAt ?? (() => '') };
      return { observations: series.flatMap((one) => metricObservations(rule, one, found)), isCut };
    });
  }
  if (present === undefined || present.includes(containerInfo)) {
    await look(containerInfo, () => imageChanges(asking, scope));
  }
  return { observations, present, cut, step: asking.step };
}

type Limits = ReturnType<typeof scopeOf>;

/** Why the containers that started anew had ended. */
async function terminationReasons(
  asking: Asking,
  present: readonly string[] | undefined,
  series: readonly MetricSamples[],
  scope: Limits,
): Promise<ReasonAt> {
  if (present !== undefined && !present.includes(lastTerminatedReason)) return () => '';
  const known = new Map<string, (MetricSamples & { readonly cluster: string })[]>();
  for (const one of await asking.range(lastTerminatedReason, series)) {
    const object = objectOf(one, 'pod', scope);
    if (object === undefined) continue;
    const key = containerKey(object);
    known.set(key, [...(known.get(key) ?? []), { ...one, cluster: object.cluster }]);
  }
  // The reason may be scraped a moment after the count.
  const soon = Math.max(2 * asking.step, 60_000);
  return (object, time) => {
    let reason = '';
    let since = 0;
    for (const one of known.get(containerKey(object)) ?? []) {
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
async function imageChanges(asking: Asking, scope: Limits): Promise<Looked> {
  const groups = new Map<string, MetricSamples[]>();
  const { series: all, isCut } = await asking.all(containerInfo);
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
  const sightings = (await asking.range(containerInfo, changed.flat())).flatMap((one): Sighting[] => {
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
  const told = sightingObservations(sightings, asking.window, { source: 'metric', origin: containerInfo });
  // A series is seen for minutes after its end, so when its pod went is not known.
  return { observations: told.filter(({ kind }) => kind === 'rollout'), isCut };
}

const nanoseconds = (milliseconds: number): bigint => BigInt(Math.round(milliseconds)) * 1_000_000n;

interface Changed {
  readonly series: readonly MetricSamples[];
  readonly isCut: boolean;
}

/** Labels by one of which the series of a metric are chosen again; whatever else they have. */
const identifying = [
  ...['exported_pod', 'pod', 'k8s_pod_name', 'deployment', 'k8s_deployment_name', 'statefulset'],
  ...['k8s_statefulset_name', 'daemonset', 'k8s_daemonset_name', 'replicaset', 'k8s_replicaset_name'],
  ...['horizontalpodautoscaler', 'k8s_hpa_name', 'node', 'k8s_node_name', 'workload'],
];

/** One store, asked about one window. */
class Asking {
  /** ms since the epoch: the first and the last time of the grid. */
  readonly start: number;
  readonly end: number;
  /** ms. */
  readonly step: number;
  readonly window: Window;
  readonly #context: QueryContext;
  readonly #store: MetricStore;
  readonly #where: Whereabouts;
  readonly #call: Call;

  constructor(context: QueryContext, store: MetricStore, window: Window, where: Whereabouts, call: Call) {
    this.#context = context;
    this.#store = store;
    this.window = window;
    this.#where = where;
    this.#call = call;
    const [from, to] = [Number(window.from / 1_000_000n), Number((window.to - 1n) / 1_000_000n)];
    this.step = shortestStep * Math.max(1, Math.ceil((to - from + lookback) / mostPoints / shortestStep));
    // Whole multiples: most senders look at whole seconds or minutes.
    this.end = to - (to % this.step);
    this.start = this.end - this.step * Math.ceil((this.end - from + lookback) / this.step);
  }

  /** Names of known metrics that have samples; undefined where the store can't tell a key with limits. */
  async present(): Promise<readonly string[] | undefined> {
    const names = [...metricRules.map(({ metric }) => metric), lastTerminatedReason, containerInfo];
    try {
      const { items } = await this.#store.labelValues(
        METRIC_NAME,
        {
          selectors: [[{ label: METRIC_NAME, op: '=~', value: names.join('|') }]],
          range: { from: this.start, to: this.end },
          limit: names.length,
        },
        metricOptions(this.#call),
      );
      return items;
    } catch (error) {
      if (error instanceof InputError) return undefined;
      throw error;
    }
  }

  /** The samples of those series of a metric that did not stay the same. */
  async changed(metric: string): Promise<Changed> {
    const width = `${Math.ceil((this.end - this.start) / 1000)}s`;
    const changes = this.#selectors(metric).map((selector) => `changes(${selector}[${width}])`);
    const found = await this.#evaluate(`topk(${mostChanged}, (${changes.join(' or ')}) > 0)`, {
      isInstant: true,
    });
    const keys = new Set(found.map(({ labels }) => labels.dropMetadata().key));
    if (keys.size === 0) return { series: [], isCut: false };
    const all = await this.#rangeOf(metric, found);
    return {
      series: all.filter(({ labels }) => keys.has(labels.dropMetadata().key)).map(samplesOf),
      isCut: keys.size >= mostChanged,
    };
  }

  /** The samples of a metric for the objects of other series. */
  async range(
    metric: string,
    like: readonly Pick<MetricSamples, 'label'>[],
  ): Promise<readonly MetricSamples[]> {
    return (
      await this.#rangeOf(
        metric,
        like.map(({ label }) => ({ labels: { get: label } })),
      )
    ).map(samplesOf);
  }

  /** The labels of all series of a metric. */
  async all(metric: string): Promise<Changed> {
    const { items, truncated } = await this.#store.series(
      {
        selectors: [[{ label: METRIC_NAME, op: '=', value: metric }]],
        range: { from: this.start, to: this.end },
        limit: mostContainers,
      },
      metricOptions(this.#call),
    );
    return {
      series: items.map((labels) => ({ label: (name: string) => labels.get(name), times: [], values: [] })),
      isCut: truncated,
    };
  }

  async #rangeOf(
    metric: string,
    like: readonly { readonly labels: { get(name: string): string } }[],
  ): Promise<readonly MatrixSeries[]> {
    const label = identifying.find((name) => like.every(({ labels }) => labels.get(name) !== ''));
    const values = new Set(label === undefined ? [] : like.map(({ labels }) => labels.get(label)));
    const pattern = [...values].sort().map(quotePattern).join('|');
    const chosen = label === undefined ? '' : `{${label}=~${JSON.stringify(pattern)}}`;
    return this.#evaluate(`${metric}${chosen}`, { isInstant: false });
  }

  /** A label of the object itself is `exported_namespace` where the scraped target has a namespace too. */
  #selectors(metric: string): string[] {
    const { cluster, namespace } = this.#where;
    const inCluster = cluster === undefined ? [] : [`cluster=${JSON.stringify(cluster)}`];
    if (namespace === undefined) return [`${metric}{${inCluster.join(',')}}`];
    return ['exported_namespace', 'namespace', 'k8s_namespace_name'].map(
      (label) => `${metric}{${[...inCluster, `${label}=${JSON.stringify(namespace)}`].join(',')}}`,
    );
  }

  async #evaluate(
    text: string,
    { isInstant }: { readonly isInstant: boolean },
  ): Promise<readonly MatrixSeries[]> {
    const result = await this.#store.evaluate(
      {
        text,
        expr: parsePromql(text),
        start: isInstant ? this.end : this.start,
        end: this.end,
        step: isInstant ? 0 : this.step,
        limits: { timeout: timeoutOf(this.#context) },
      },
      metricOptions(this.#call),
    );
    if (result.type === 'matrix') return result.result;
    if (result.type !== 'vector') return [];
    return result.result.map(({ labels, value }) => ({
      labels,
      timestamps: Float64Array.of(this.end),
      values: Float64Array.of(value),
      histograms: undefined,
    }));
  }
}

const samplesOf = ({ labels, timestamps, values }: MatrixSeries): MetricSamples => ({
  label: (name) => labels.get(name),
  times: timestamps,
  values,
});
