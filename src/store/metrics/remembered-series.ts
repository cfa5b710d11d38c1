import type { Labels } from '../../promql/labels.ts';
import { RecentMap } from '../rows/recent-map.ts';
import type { StoredSeries } from './read-series.ts';

/** What samples may have besides a time and a float. */
export interface SampleFeatures {
  readonly histograms: boolean;
  readonly startTimestamps: boolean;
}

export const noFeatures: SampleFeatures = { histograms: false, startTimestamps: false };

/** Bytes that label sets may take, roughly. */
const standardCapacity = 96 << 20;
const mostMetrics = 100_000;

/**
 * What is known of series from one query to the next. An id is a hash of the labels, so the labels of an id are
 * right for ever, whoever writes to the tables. The features of a metric are no more than a guess.
 */
export class RememberedSeries {
  readonly #labels: RecentMap<bigint, Labels>;
  readonly #features: RecentMap<string, SampleFeatures> = new RecentMap(mostMetrics);

  constructor(capacity: number = standardCapacity) {
    this.#labels = new RecentMap(capacity);
  }

  labels(id: bigint): Labels | undefined {
    return this.#labels.get(id);
  }

  remember(series: Iterable<StoredSeries>): void {
    for (const { id, labels } of series) this.#labels.set(id, labels, weightOf(labels));
  }

  /** What the samples of a metric had when they were last read. */
  features(metric: string): SampleFeatures {
    return this.#features.get(metric) ?? noFeatures;
  }

  rememberFeatures(metric: string, features: SampleFeatures): void {
    this.#features.set(metric, features);
  }
}

/**
 * A text takes some 24 bytes and its characters, which are in the key of the labels once more, and in JSON, with
 * the name and without.
 */
function weightOf({ pairs }: Labels): number {
  return 200 + pairs.reduce((sum, text) => sum + 40 + 4 * text.length, 0);
}
