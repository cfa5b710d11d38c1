import { METRIC_NAME } from '../promql/labels.ts';
import type { MatrixSeries } from '../promql/query-result.ts';
import type { MetricQueryOptions, MetricStore, PodMetricsRequest } from '../store/metrics/metric-store.ts';
import { metadataOf } from '../store/prometheus/metadata.ts';
import { StoreError } from '../store/store-error.ts';
import { InputError } from '../telemetry/input-error.ts';
import type { PodMetrics, PodSeries, StretchBlock } from '../telemetry/window-records/metric-block.ts';
import {
  counterNames,
  podLabels,
  podSeriesOf,
  tellingWords,
} from '../telemetry/window-records/pod-series.ts';
import { parsePromql } from './parse-promql.ts';
import { type ComparedTime, StretchRows } from './stretch-rows.ts';

/** Points of all series together, and of what one query asks for, about. */
const mostPoints = 800_000;
const pointsAtOnce = 50_000;
/** Metrics that one query asks for. */
const metricsAtOnce = 25;
const mostQueries = 200;

/** ms; what has not come by then is missed. */
const patience = 10_000;

/** Times of the window at which metrics are looked for, its ends among them. */
const looks = 5;

/** Families whose types are read. */
const mostFamilies = 50_000;

/** The label that tells the metrics of an answer apart: functions take their names. */
const PART = 'compared_metric';
const marks: ReadonlySet<string> = new Set([METRIC_NAME, PART]);

/** What a store that speaks PromQL told of the metrics of pods. */
export interface AskedPodMetrics extends PodMetrics {
  /** Metrics of which the store gave no answer, or none in time; undefined where it did not even say which there are. */
  readonly unanswered: number | undefined;
}

/** Series of a metric that name their pod in the same label. */
interface Metric {
  readonly name: string;
  readonly podLabel: number;
  readonly kind: PodSeries['kind'];
  readonly points: number;
}

/**
 * The metrics of pods in two times, as `MetricStore.podMetrics` tells them, of a store that is asked with PromQL:
 * averages of gauges; of counters the last sample of each stretch and its time, so that a rise is counted from
 * sample to sample, without extrapolation. A counter that fell began anew at 0.
 *
 * Bounded in series, points, queries and time: what does not fit is counted, and so is what the store does
 * not answer. Only the end of the call makes it fail.
 */
export async function promqlPodMetrics(
  store: MetricStore,
  request: PodMetricsRequest,
  options: MetricQueryOptions,
  timeout: number,
): Promise<AskedPodMetrics> {
  const deadline = AbortSignal.timeout(Math.min(timeout, patience));
  const signal = options.signal === undefined ? deadline : AbortSignal.any([options.signal, deadline]);
  const asked = new AskedMetrics(store, request, { ...options, signal });
  await asked.read((error) => {
    options.signal?.throwIfAborted();
    if (!(deadline.aborted || error instanceof StoreError || error instanceof InputError)) throw error;
  });
  const { series, blocks, metricsLeftOut, unanswered } = asked;
  return { series, blocks, metricsLeftOut, unanswered };
}

class AskedMetrics implements AskedPodMetrics {
  readonly series: PodSeries[] = [];
  readonly blocks: StretchBlock[] = [];
  metricsLeftOut = 0;
  unanswered: number | undefined;
  readonly #places = new Map<string, number>();
  readonly #store: MetricStore;
  readonly #request: PodMetricsRequest;
  readonly #options: MetricQueryOptions;
  readonly #stretch: number;
  readonly #sides: readonly ComparedTime[];
  #queries = 0;

  constructor(store: MetricStore, request: PodMetricsRequest, options: MetricQueryOptions) {
    this.#store = store;
    this.#request = request;
    this.#options = options;
    this.#stretch = Math.ceil(request.stretch);
    this.#sides = [request.baseline, request.window].map(({ from, to }, i) => ({
      side: i === 0 ? 0 : 1,
      from: Math.round(from),
      stretches: Math.ceil((to - from) / this.#stretch),
    }));
  }

  /** @param forgive takes a failure, and throws what can't be forgiven */
  async read(forgive: (error: unknown) => void): Promise<void> {
    let metrics: readonly Metric[];
    try {
      metrics = await this.#find();
    } catch (error) {
      forgive(error);
      return;
    }
    this.unanswered = 0;
    const waiting = this.#inParts(metrics);
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      try {
        await this.#readPart(part);
      } catch (error) {
        forgive(error);
        if (error instanceof InputError && part.length > 1) {
          // One that is too large, or that the store refuses, is not to take others with it.
          const half = part.length >> 1;
          waiting.unshift(part.slice(0, half), part.slice(half));
        } else {
          this.unanswered += part.length;
        }
        if (!(error instanceof InputError)) break;
      }
      if (this.#queries >= mostQueries) break;
    }
    this.unanswered += waiting.flat().length;
  }

  /** The metrics that there are in the window and that fit, the most telling first. */
  async #find(): Promise<readonly Metric[]> {
    const { from, to } = this.#request.window;
    const [start, end] = [Math.round(from), Math.ceil(to) - 1];
    const text = podLabels
      .map((_, i) => marked(`count by (${METRIC_NAME}) (${this.#selector(i)})`, String(i)))
      .join(' or ');
    const [counts, families] = await Promise.all([
      this.#evaluate(text, { start, end, step: Math.max(1, Math.floor((end - start) / (looks - 1))) }),
      this.#store.metadata({ limit: mostFamilies, limitPerMetric: 1 }, this.#options),
    ]);
    const names = new Set(counts.map(({ labels }) => labels.metricName));
    const perSeries = this.#sides.reduce((points, { stretches }) => points + stretches + 1, 0);
    const found = counts.flatMap(({ labels, values }) => {
      const name = labels.metricName;
      const kind = kindOf(name, metadataOf(name, families).type, names);
      const series = values.reduce((most, value) => Math.max(most, value), 0);
      const podLabel = Number(labels.get(PART));
      return kind === undefined ? [] : [{ name, podLabel, kind, series, isTelling: telling.test(name) }];
    });
    found.sort(
      (a, b) =>
        Number(b.isTelling) - Number(a.isTelling) ||
        (a.name < b.name ? -1 : a.name > b.name ? 1 : 0) ||
        a.podLabel - b.podLabel,
    );
    const metrics: Metric[] = [];
    let [room, points] = [this.#request.mostSeries, mostPoints];
    for (const { series, ...metric } of found) {
      const needed = series * perSeries * (metric.kind === 'counter' ? 2 : 1);
      if (series > room || needed > points) {
        this.metricsLeftOut++;
        continue;
      }
      room -= series;
      points -= needed;
      metrics.push({ ...metric, points: needed });
    }
    return metrics;
  }

  #inParts(metrics: readonly Metric[]): (readonly Metric[])[] {
    const parts: Metric[][] = [];
    let points = 0;
    for (const metric of metrics) {
      const last = parts.at(-1);
      if (last === undefined || last.length >= metricsAtOnce || points + metric.points > pointsAtOnce) {
        parts.push([metric]);
        points = metric.points;
      } else {
        last.push(metric);
        points += metric.points;
      }
    }
    return parts;
  }

  async #readPart(metrics: readonly Metric[]): Promise<void> {
    const text = metrics.map((metric, i) => this.#textOf(metric, i)).join(' or ');
    const found = await Promise.all(
      this.#sides.map(async (side) => {
        const start = side.from - 1;
        const times = { start, end: start + side.stretches * this.#stretch, step: this.#stretch };
        return { side, series: await this.#evaluate(text, times) };
      }),
    );
    for (const { side, series } of found) {
      const rows = new StretchRows(side, this.#stretch);
      const counted = new Map<number, Partial<Record<'value' | 'time', MatrixSeries>>>();
      for (const one of series) {
        const [number = '', role = ''] = one.labels.get(PART).split(' ');
        const metric = metrics[Number(number)];
        const place = metric && this.#placeOf(one, metric);
        if (place === undefined) continue;
        if (role === 'average') rows.addAverages(place, one);
        else counted.set(place, { ...counted.get(place), [role]: one });
      }
      for (const [place, { value, time }] of counted) {
        if (value !== undefined && time !== undefined) rows.addCounts(place, value, time);
      }
      this.blocks.push(rows.block());
    }
  }

  #textOf({ name, podLabel, kind }: Metric, number: number): string {
    const selector = this.#selector(podLabel, name);
    return kind === 'gauge'
      ? marked(`avg_over_time(${selector}[${this.#stretch}ms])`, `${number} average`)
      : `${marked(selector, `${number} value`)} or ${marked(`timestamp(${selector})`, `${number} time`)}`;
  }

  /** Series with a pod in this label, and in none of a higher rank; of a metric, or of all. */
  #selector(podLabel: number, name?: string): string {
    const matchers = [
      ...(name === undefined ? [] : [{ label: METRIC_NAME, op: '=', value: name }]),
      ...podLabels
        .slice(0, podLabel + 1)
        .map((label, rank) => ({ label, op: rank === podLabel ? '!=' : '=', value: '' })),
      ...this.#request.matchers,
    ];
    return `{${matchers.map(({ label, op, value }) => `${label}${op}${JSON.stringify(value)}`).join(',')}}`;
  }

  /** Its place in the list of series; undefined where the key may not see the pod that it tells of. */
  #placeOf({ labels }: MatrixSeries, { name, kind }: Metric): number | undefined {
    const own = labels.drop(marks);
    const { namespaces } = this.#options.scope;
    const key = JSON.stringify([name, own.key]);
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const series = podSeriesOf(own, name, kind);
    // A visible target may tell of pods of other namespaces, as kube-state-metrics does.
    if (series === undefined || namespaces?.includes(series.namespace) === false) return undefined;
    this.#places.set(key, this.series.length);
    return this.series.push(series) - 1;
  }

  async #evaluate(
    text: string,
    times: { readonly start: number; readonly end: number; readonly step: number },
  ): Promise<readonly MatrixSeries[]> {
    this.#queries++;
    const limits = { timeout: patience, maxSeries: 2 * this.#request.mostSeries };
    const query = { text, expr: parsePromql(text), ...times, limits };
    const result = await this.#store.evaluate(query, this.#options);
    return result.type === 'matrix' ? result.result : [];
  }
}

const telling = new RegExp(tellingWords, 'i');
const counterName = new RegExp(counterNames);

const marked = (expression: string, mark: string): string =>
  `label_replace(${expression}, "${PART}", "${mark}", "", "")`;

/** Undefined for histograms and summaries, of which spans tell more. */
function kindOf(name: string, type: string, names: ReadonlySet<string>): PodSeries['kind'] | undefined {
  if (['histogram', 'summary', 'gaugehistogram', 'info'].includes(type) || name.endsWith('_bucket')) {
    return undefined;
  }
  if (type === 'counter') return 'counter';
  if (type !== 'unknown' && type !== '') return 'gauge';
  const family = name.replace(/_(count|sum)$/, '');
  if (family !== name && names.has(`${family}_bucket`)) return undefined;
  return counterName.test(name) ? 'counter' : 'gauge';
}
