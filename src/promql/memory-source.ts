import type { Matcher } from './ast.ts';
import type { Histogram } from './histogram.ts';
import type { Labels } from './labels.ts';
import { compileMatcher } from './matcher.ts';
import { cut, seriesSet } from './series-set.ts';
import type { RawSeries, SeriesSet, SeriesSource, TimeRange } from './series-source.ts';
import { markStale } from './staleness.ts';
import { storedHints } from './stored-hints.ts';

/** A sample of a series in memory. With a histogram or `stale`, the value is not used. */
export interface MemorySample {
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly value: number;
  /** The series ended here. */
  readonly stale?: boolean | undefined;
  readonly histogram?: Histogram | undefined;
  /** When the sample's counter began, in milliseconds since the epoch. */
  readonly startTimestamp?: number | undefined;
}

interface Stored {
  readonly labels: Labels;
  readonly samples: Map<number, MemorySample>;
  raw: RawSeries | undefined;
}

/** Series in memory, for tests and small sets. Histograms get the hints that Prometheus' storage would give. */
export class MemorySource implements SeriesSource {
  readonly #series = new Map<string, Stored>();

  /** Adds samples to a series, in any order; a later one at the same time takes the place of an earlier. */
  add(labels: Labels, samples: Iterable<MemorySample>): void {
    const stored = this.#series.get(labels.key) ?? { labels, samples: new Map(), raw: undefined };
    for (const sample of samples) stored.samples.set(sample.timestamp, sample);
    stored.raw = undefined;
    this.#series.set(labels.key, stored);
  }

  /** Forgets all series. */
  clear(): void {
    this.#series.clear();
  }

  async select(matchers: readonly Matcher[], range: TimeRange): Promise<SeriesSet> {
    const tests = matchers.map((matcher) => ({ label: matcher.label, test: compileMatcher(matcher) }));
    const found: RawSeries[] = [];
    for (const stored of this.#series.values()) {
      if (!tests.every(({ label, test }) => test(stored.labels.get(label)))) continue;
      stored.raw ??= toRaw(stored.labels, [...stored.samples.values()]);
      const series = cut(stored.raw, range);
      if (series.timestamps.length > 0) found.push(series);
    }
    return seriesSet(found.sort((a, b) => a.labels.compare(b.labels)));
  }
}

function toRaw(labels: Labels, samples: MemorySample[]): RawSeries {
  samples.sort((a, b) => a.timestamp - b.timestamp);
  const values = Float64Array.from(samples, (sample) => sample.value);
  samples.forEach((sample, i) => {
    if (sample.stale) markStale(values, i);
  });
  const hasHistograms = samples.some((sample) => sample.histogram !== undefined);
  const hasStarts = samples.some((sample) => sample.startTimestamp !== undefined);
  return {
    labels,
    timestamps: Float64Array.from(samples, (sample) => sample.timestamp),
    values,
    histograms: hasHistograms ? storedHints(samples.map((sample) => sample.histogram)) : undefined,
    startTimestamps: hasStarts
      ? Float64Array.from(samples, (sample) => sample.startTimestamp ?? 0)
      : undefined,
  };
}
