import { createHash } from 'node:crypto';
import type { FamilyMetadata, MetricSample } from '../../store/rows/metric-record.ts';
import type { EncodedMetrics } from '../../store/rows/metric-rows.ts';
import type { Terms } from '../batch.ts';
import { sampleRejection, seriesRejection } from '../metric-admission.ts';
import type { MetricBatch } from '../metric-batch.ts';
import type { TextCache } from '../otlp/text-cache.ts';
import type { Count } from '../tally.ts';
import type { ReceivedSeries } from './received-series.ts';
import { decodeWriteRequest } from './request-v1.ts';
import { decodeRequestV2 } from './request-v2.ts';
import { inflateSnappy } from './snappy.ts';

/** Version 1 sends a prometheus.WriteRequest, version 2 an io.prometheus.write.v2.Request. */
export type RemoteWriteVersion = 1 | 2;

/** The body of one request, as it was sent. */
export interface RemoteWriteBody extends Terms {
  readonly version: RemoteWriteVersion;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface DecodedRemoteWrite {
  /** SHA-256 in hexadecimal: the same for the same content and the same key's limits. */
  readonly digest: string;
  readonly encoded: EncodedMetrics;
  /** Floats to store, stale markers of them included. */
  readonly samples: number;
  /** Native histograms to store, stale markers of them included. */
  readonly histograms: number;
  readonly rejected: number;
  /** Why samples and histograms were rejected. */
  readonly rejections: readonly Count[];
}

export interface RemoteWriteLimits {
  /** Bytes that a body may have once it is inflated. */
  readonly inflatedBytes: number;
  /** Series in a request, samples, and symbols. */
  readonly records: number;
}

/** Turns bodies of remote write into rows. */
export class RemoteWriteDecoder {
  readonly #batch: MetricBatch;
  readonly #limits: RemoteWriteLimits;
  readonly #texts: TextCache;
  #samples = 0;
  #histograms = 0;

  /** The batch is used between two of its requests alone, so others may use it too, as may the texts. */
  constructor(batch: MetricBatch, texts: TextCache, limits: RemoteWriteLimits) {
    this.#batch = batch;
    this.#texts = texts;
    this.#limits = limits;
  }

  /** Throws `InputError` where the body is no such request, `PayloadTooLargeError` past a limit. */
  decode(body: RemoteWriteBody): DecodedRemoteWrite {
    const { inflatedBytes, records } = this.#limits;
    const bytes = inflateSnappy(body.bytes, inflatedBytes);
    this.#samples = 0;
    this.#histograms = 0;
    try {
      let families: FamilyMetadata[] = [];
      if (body.version === 1) {
        const receive = (series: ReceivedSeries): void => this.#addV1(series, body);
        families = decodeWriteRequest(bytes, this.#texts, records, receive);
      } else {
        decodeRequestV2(bytes, this.#texts, records, (series) => this.#addV2(series, body));
      }
      const { encoded, rejected, rejections } = this.#batch.take();
      return {
        digest: digestOf(bytes, body),
        encoded: { ...encoded, families },
        samples: this.#samples,
        histograms: this.#histograms,
        rejected,
        rejections,
      };
    } finally {
      this.#batch.clear();
    }
  }

  /** Series without a sample are sent for their exemplars alone. */
  #addV1(series: ReceivedSeries, terms: Terms): void {
    if (series.samples.length + series.histograms.length > 0) this.#add(series, terms);
  }

  /** The specification wants a sample; Prometheus sends exemplars by themselves all the same. */
  #addV2(series: ReceivedSeries, terms: Terms): void {
    const { samples, histograms, exemplars } = series;
    if (samples.length + histograms.length > 0) this.#add(series, terms);
    else if (exemplars === 0) this.#batch.reject('a series has neither samples nor histograms', 1);
  }

  #add({ labels, metadata, samples, histograms }: ReceivedSeries, { arrival, limits }: Terms): void {
    const sent = samples.length + histograms.length;
    if ('defect' in labels) {
      this.#batch.reject(labels.defect, sent);
      return;
    }
    const rejection = seriesRejection(labels, limits);
    if (rejection !== undefined) {
      this.#batch.reject(rejection, sent);
      return;
    }
    const now = Number(arrival / 1_000_000n);
    const kept: MetricSample[] = [];
    for (const sample of samples) this.#keep(sample, now, kept);
    const floats = kept.length;
    for (const histogram of histograms) {
      if ('defect' in histogram) this.#batch.reject(histogram.defect, 1);
      else this.#keep(histogram, now, kept);
    }
    this.#batch.addAdmitted({ labels, metadata, delta: false, samples: kept });
    this.#batch.accept(kept.length);
    this.#samples += floats;
    this.#histograms += kept.length - floats;
  }

  #keep(sample: MetricSample, now: number, kept: MetricSample[]): void {
    const rejection = sampleRejection(sample, now);
    if (rejection === undefined) kept.push(sample);
    else this.#batch.reject(rejection, 1);
  }
}

function digestOf(bytes: Uint8Array, { version, limits }: RemoteWriteBody): string {
  const { clusters, namespaces } = limits;
  return createHash('sha256')
    .update(bytes)
    .update(JSON.stringify([version, clusters, namespaces]))
    .digest('hex');
}
