import { METRIC_NAME } from '../promql/labels.ts';
import type { MatrixSeries } from '../promql/query-result.ts';
import type { Whereabouts } from '../store/kubernetes-events.ts';
import type { MetricStore } from '../store/metrics/metric-store.ts';
import { quotePattern } from '../store/metrics/scope-matchers.ts';
import { InputError } from '../telemetry/input-error.ts';
import type { MetricSamples } from '../telemetry/kubernetes/metric-changes.ts';
import type { Window } from '../telemetry/window.ts';
import { metricOptions } from './metric-subject.ts';
import { parsePromql } from './parse-promql.ts';
import { timeoutOf } from './promql.ts';
import type { Call } from './queries.ts';
import type { QueryContext } from './subject.ts';

/** Series of one metric that changed, and are read: more is no list that anyone reads. */
const mostChanged = 300;

/** Series of containers, of which images are compared. */
const mostContainers = 20_000;

/** How long before the window a value may come from, ms; as Prometheus looks back. */
const lookback = 300_000;

/** ms; a store is asked for at most 1,000 points of a series. */
const shortestStep = 15_000;
const mostPoints = 1_000;

/** Series of a metric. */
export interface FoundSeries {
  readonly series: readonly MetricSamples[];
  /** There are more than these. */
  readonly isCut: boolean;
}

/** Labels by one of which the series of a metric are chosen again; whatever else they have. */
const identifying = [
  ...['exported_pod', 'pod', 'k8s_pod_name', 'deployment', 'k8s_deployment_name', 'statefulset'],
  ...['k8s_statefulset_name', 'daemonset', 'k8s_daemonset_name', 'replicaset', 'k8s_replicaset_name'],
  ...['horizontalpodautoscaler', 'k8s_hpa_name', 'node', 'k8s_node_name', 'workload'],
];

/** The metrics of a store in a window: series that changed, on a grid that is as fine as it can be. */
export class WindowedMetrics {
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

  /** Which of the names have samples; undefined where the store can't tell a key with limits. */
  async present(names: readonly string[]): Promise<readonly string[] | undefined> {
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
  async changed(metric: string): Promise<FoundSeries> {
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
  async all(metric: string): Promise<FoundSeries> {
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
