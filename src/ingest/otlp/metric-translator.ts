import type { Limits } from '../../access/principal.ts';
import { type Labels, METRIC_NAME } from '../../promql/labels.ts';
import type { MetricMetadata, MetricSample, MetricType } from '../../store/rows/metric-record.ts';
import type { Origin } from '../../store/rows/record.ts';
import type { Terms } from '../batch.ts';
import {
  hasSoundStart,
  metadataOf,
  sampleRejection,
  seriesRejection,
  wrongStart,
} from '../metric-admission.ts';
import type { MetricBatch } from '../metric-batch.ts';
import { LabelNames } from './label-name.ts';
import { CUMULATIVE, type DataPoint, DELTA, type OtlpMetric } from './metric-model.ts';
import { prometheusName } from './metric-name.ts';
import { OriginLabels } from './origin-labels.ts';
import { type PointSample, pointSamples } from './point-samples.ts';
import { TargetInfo } from './target-info.ts';

/** The metrics that one OTLP metric becomes. */
interface Family {
  readonly name: string;
  /** The label that tells the series of one data point apart. */
  readonly bound: 'le' | 'quantile' | undefined;
  readonly metadata: MetricMetadata;
  readonly delta: boolean;
  /** Whether the time when counting began says something. */
  readonly counts: boolean;
}

/** The series of the data points that have the same attributes. */
interface PointSeries {
  /** Without the metric's name. */
  readonly labels: Labels;
  /** Why none of its points may be stored. */
  readonly rejection: string | undefined;
  /** Samples by what their series have beside the labels, and the first of them with that. */
  readonly samples: Map<string, { readonly part: PointSample; readonly all: MetricSample[] }>;
}

type SeriesByLabels = Map<string, PointSeries>;

/**
 * Turns OTLP metrics into Prometheus' series. A data point is stored whole, or it is rejected with the
 * reason.
 */
export class MetricTranslator {
  readonly #batch: MetricBatch;
  readonly #names = new LabelNames();
  #origin: Origin | undefined;
  #labels: OriginLabels | undefined;
  #target: TargetInfo | undefined;

  constructor(batch: MetricBatch) {
    this.#batch = batch;
  }

  /** Takes a metric; those of one resource in a row. Throws `PayloadTooLargeError` past a limit of the batch. */
  add(metric: OtlpMetric, origin: Origin, terms: Terms): void {
    const batch = this.#batch;
    const labels = this.#labelsOf(origin, terms);
    const family = origin.defect ?? familyOf(metric);
    if (typeof family === 'string') {
      batch.reject(family, metric.points.length);
      return;
    }
    const series: SeriesByLabels = new Map();
    let samples = 0;
    for (const point of metric.points) {
      const added = this.#addPoint(point, family, labels, series, terms);
      if (typeof added === 'string') batch.reject(added, 1);
      else samples += added;
      if (samples < mostSamplesHeld) continue;
      this.#store(series, family);
      samples = 0;
    }
    this.#store(series, family);
  }

  /** Ends a request: what it says of its last resource is stored. */
  finish(terms: Terms): void {
    this.#target?.store(this.#batch, terms);
    this.clear();
  }

  /** Forgets the resource. */
  clear(): void {
    this.#origin = undefined;
    this.#labels = undefined;
    this.#target = undefined;
  }

  #labelsOf(origin: Origin, terms: Terms): OriginLabels {
    if (this.#labels !== undefined && origin === this.#origin) return this.#labels;
    if (origin.resource !== this.#origin?.resource) {
      this.#target?.store(this.#batch, terms);
      this.#target = new TargetInfo(origin.resource, this.#names);
    }
    this.#origin = origin;
    this.#labels = new OriginLabels(origin, this.#names);
    return this.#labels;
  }

  /** Adds the samples of a point to those of its series. Returns their number, or the reason why there are none. */
  #addPoint(
    point: DataPoint,
    family: Family,
    labels: OriginLabels,
    series: SeriesByLabels,
    { arrival, limits }: Terms,
  ): number | string {
    const timestamp = milliseconds(point.time);
    const wrong = point.defect ?? timeRejection(point, milliseconds(arrival));
    if (wrong !== undefined) return wrong;
    const start =
      family.counts && point.start !== 0n ? { startTimestamp: milliseconds(point.start) } : undefined;
    const sound = hasSoundStart({ timestamp, value: 0, ...start });
    const samples = pointSamples(point, { timestamp, ...(sound && start) });
    if (typeof samples === 'string') return samples;
    const own = labels.ofPoint(point.attributes, family.bound);
    let target = series.get(own.key);
    if (target === undefined) {
      target = { labels: own, rejection: rejectionOf(own, family, limits), samples: new Map() };
      series.set(own.key, target);
    }
    if (target.rejection !== undefined) return target.rejection;
    for (const part of samples) {
      const key = part.bound ?? part.suffix;
      const known = target.samples.get(key);
      if (known === undefined) target.samples.set(key, { part, all: [part.sample] });
      else known.all.push(part.sample);
    }
    this.#batch.accept(1);
    if (!sound) this.#batch.warn(wrongStart, 1);
    this.#target?.seen(timestamp);
    return samples.length;
  }

  #store(series: SeriesByLabels, { name, bound, metadata, delta }: Family): void {
    for (const { labels, samples } of series.values()) {
      for (const { part, all } of samples.values()) {
        const named = labels.with(METRIC_NAME, `${name}${part.suffix}`);
        const whole = bound === undefined || part.bound === undefined ? named : named.with(bound, part.bound);
        this.#batch.addAdmitted({ labels: whole, metadata, delta, samples: all });
      }
    }
    series.clear();
  }
}

/** Samples that are collected by their series before they are handed on; histograms have many buckets. */
const mostSamplesHeld = 100_000;

function timeRejection({ time }: DataPoint, arrival: number): string | undefined {
  if (time === 0n) return 'a data point has no time';
  return sampleRejection({ timestamp: milliseconds(time), value: 0 }, arrival);
}

/** Judges the series of a family that has the longest name and the most labels. */
function rejectionOf(labels: Labels, { name, bound }: Family, limits: Limits): string | undefined {
  const widest = bound === undefined ? labels : labels.with(bound, '+Inf');
  return seriesRejection(widest.with(METRIC_NAME, `${name}${longestSuffix}`), limits);
}

const longestSuffix = '_bucket';

/** What a metric becomes, or the reason why it can't be stored. */
function familyOf(metric: OtlpMetric): Family | string {
  const { kind, temporality, monotonic, description, prometheusType } = metric;
  if (kind === undefined) return 'a metric has no data';
  const counter = kind === 'sum' && monotonic;
  const adds = kind !== 'gauge' && kind !== 'summary';
  if (adds && temporality !== DELTA && temporality !== CUMULATIVE) {
    return 'a sum or histogram has no aggregation temporality';
  }
  const { name, unit } = prometheusName({
    name: metric.name,
    unit: metric.unit,
    counter,
    gauge: kind === 'gauge',
  });
  if (name === '') return "a metric's name has no letter and no digit of ASCII";
  const delta = adds && temporality === DELTA;
  return {
    name,
    bound: kind === 'histogram' ? 'le' : kind === 'summary' ? 'quantile' : undefined,
    metadata: metadataOf(typeOf(kind, counter, prometheusType), unit, description),
    delta,
    counts: delta || (kind !== 'gauge' && (kind !== 'sum' || monotonic)),
  };
}

function typeOf(kind: NonNullable<OtlpMetric['kind']>, counter: boolean, prometheusType: string): MetricType {
  if (counter) return 'counter';
  if (kind === 'summary') return 'summary';
  if (kind !== 'gauge' && kind !== 'sum') return 'histogram';
  return likeGauges.find((type) => type === prometheusType) ?? 'gauge';
}

/** Types that are gauges in OTLP. */
const likeGauges = ['unknown', 'info', 'stateset'] as const;

const milliseconds = (nanoseconds: bigint): number => Number(nanoseconds / 1_000_000n);
