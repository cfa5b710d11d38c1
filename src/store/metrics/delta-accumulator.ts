import { addHistograms } from '../../promql/histogram/sum.ts';
import { type Histogram, sampleWeight, usesCustomBuckets, withHint } from '../../promql/histogram.ts';
import { Labels } from '../../promql/labels.ts';
import type { DeltaSeries, MetricSample, MetricSeries } from '../rows/metric-record.ts';
import { RecentMap } from '../rows/recent-map.ts';
import { SeriesIdentifier } from '../rows/series-identity.ts';
import { KeyedQueue } from './keyed-queue.ts';

/** What all series may weigh that are being added up, in units of 16 bytes; a float series weighs 20. */
const standardCapacity = 8_000_000;
const seriesWeight = 20;

/** What a series has come to. */
interface Total {
  /** When the first interval began that was added, in milliseconds since the epoch; 0 where that is not known. */
  readonly start: number;
  /** The end of the last interval. */
  readonly last: number;
  readonly value: number;
  readonly histogram: Histogram | undefined;
}

interface Gathered {
  readonly series: DeltaSeries;
  readonly samples: MetricSample[];
}

/**
 * Adds up samples that are changes (OTLP's delta temporality), as the Collector's deltatocumulative processor
 * does: each is added to what its series has come to; one that is not newer than the last, or whose interval
 * began before the first, is left out; a gap is passed over. Totals are kept in memory alone. A series that
 * was forgotten begins again at 0, with its interval's start as start timestamp, which is a counter's reset.
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/processor/deltatocumulativeprocessor
 */
export class DeltaAccumulator {
  readonly #totals: RecentMap<string, Total>;
  readonly #queue = new KeyedQueue();
  readonly #identifier = new SeriesIdentifier();

  constructor(capacity: number = standardCapacity) {
    this.#totals = new RecentMap(capacity);
  }

  /**
   * Has the totals stored. They count from then on; when `store` rejects, nothing has changed, and the same
   * deltas can come again. Deltas of the same series wait for one another.
   *
   * @returns how many samples were left out
   */
  async add(
    deltas: readonly DeltaSeries[],
    store: (cumulative: readonly MetricSeries[]) => Promise<void>,
  ): Promise<number> {
    const gathered = this.#gather(deltas);
    return this.#queue.run(new Set(gathered.keys()), async () => {
      const totals = new Map<string, Total>();
      let duplicates = 0;
      const cumulative: MetricSeries[] = [];
      for (const [key, { series, samples }] of gathered) {
        const { total, stored } = addUp(this.#totals.get(key), samples);
        duplicates += samples.length - stored.length;
        if (total === undefined || stored.length === 0) continue;
        totals.set(key, total);
        const labels = Labels.fromSorted(series.pairs);
        cumulative.push({ labels, metadata: series.metadata, delta: false, samples: stored });
      }
      if (cumulative.length > 0) await store(cumulative);
      for (const [key, total] of totals) {
        const weight = total.histogram === undefined ? 0 : sampleWeight(total.histogram);
        this.#totals.set(key, total, seriesWeight + weight);
      }
      return duplicates;
    });
  }

  /** The samples of each series, in order of time. */
  #gather(deltas: readonly DeltaSeries[]): Map<string, Gathered> {
    const gathered = new Map<string, Gathered>();
    for (const series of deltas) {
      const key = this.#identifier.identify(Labels.fromSorted(series.pairs)).digest;
      const same = gathered.get(key);
      if (same === undefined) gathered.set(key, { series, samples: [...series.samples] });
      else same.samples.push(...series.samples);
    }
    for (const { samples } of gathered.values()) samples.sort((a, b) => a.timestamp - b.timestamp);
    return gathered;
  }
}

function addUp(
  before: Total | undefined,
  samples: readonly MetricSample[],
): { readonly total: Total | undefined; readonly stored: readonly MetricSample[] } {
  let total = before;
  const stored: MetricSample[] = [];
  for (const sample of samples) {
    const { timestamp, startTimestamp = 0 } = sample;
    const isOld = total !== undefined && timestamp <= total.last;
    const isOlderStart = total !== undefined && startTimestamp !== 0 && startTimestamp < total.start;
    if (isOld || isOlderStart) continue;
    total = next(total, sample);
    const { start, value, histogram } = total;
    stored.push(
      sample.stale === true ? sample : { timestamp, value, histogram, startTimestamp: start || undefined },
    );
  }
  return { total, stored };
}

/** The total with a sample that follows it. */
function next(total: Total | undefined, sample: MetricSample): Total {
  const { timestamp: last, startTimestamp: start = 0, value } = sample;
  if (sample.stale === true) return { ...(total ?? { start, value: 0, histogram: undefined }), last };
  const histogram = sample.histogram && withHint(sample.histogram, 'unknown');
  if (total === undefined || !canAdd(total, histogram)) return { start, last, value, histogram };
  if (histogram === undefined || total.histogram === undefined) {
    return { ...total, last, value: total.value + value, histogram };
  }
  return { ...total, last, histogram: addHistograms(total.histogram, histogram).histogram };
}

/** Whether a sample continues the series: one of another kind begins it anew, and so does any after a NaN. */
function canAdd(total: Total, histogram: Histogram | undefined): boolean {
  if (total.histogram === undefined) return histogram === undefined && !Number.isNaN(total.value);
  return histogram !== undefined && usesCustomBuckets(histogram) === usesCustomBuckets(total.histogram);
}
