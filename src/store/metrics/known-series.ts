import { Labels } from '../../promql/labels.ts';
import type { TimeRange } from '../../promql/series-source.ts';
import { RecentMap } from '../rows/recent-map.ts';
import { IdNumbers } from './id-numbers.ts';
import type { StoredSeries } from './read-series.ts';

/** What samples may have besides a time and a float. */
export interface SampleFeatures {
  readonly histograms: boolean;
  readonly startTimestamps: boolean;
}

export const noFeatures: SampleFeatures = { histograms: false, startTimestamps: false };

/**
 * What is known of the series of a metric from one query to the next. An id is a hash of the labels, so the
 * labels of an id are right for ever, whoever writes to the tables. All else is no more than a guess.
 */
export class KnownSeries {
  readonly ids: IdNumbers = new IdNumbers();
  /** What the samples had when they were last read. */
  features: SampleFeatures = noFeatures;
  /** How many samples all series had in a millisecond when they were last read; undefined before. */
  samplesPerMs: number | undefined;
  /** Whether some of its series were asked for. */
  wasFiltered = false;
  readonly #labels: (Labels | undefined)[] = [];
  /** Numbers of the series whose labels are known, ordered by labels. */
  #ordered: Uint32Array = new Uint32Array(0);
  readonly #unordered: number[] = [];
  #labelsWeight = 0;

  /** The labels of the series with a number, if they are known. */
  labels(number: number): Labels | undefined {
    return this.#labels[number];
  }

  remember(series: Iterable<StoredSeries>): void {
    for (const { id, labels } of series) {
      const number = this.ids.numberOf(id);
      if (this.#labels[number] !== undefined) continue;
      this.#labels[number] = labels;
      this.#unordered.push(number);
      this.#labelsWeight += weightOf(labels);
    }
  }

  /** How many samples there may be in a range. */
  samplesIn({ from, to }: TimeRange): number {
    return (this.samplesPerMs ?? 0) * (to - from + 1);
  }

  /** Notes how many samples all series have in a range. */
  noteSamples(samples: number, { from, to }: TimeRange): void {
    this.samplesPerMs = samples / (to - from + 1);
  }

  /**
   * The place by labels of each of these series, from 0 on.
   *
   * @param numbers of series whose labels are known, each once
   */
  placesOf(numbers: Uint32Array): Uint32Array {
    this.#order();
    const ordered = this.#ordered;
    const places = new Uint32Array(this.#labels.length);
    if (numbers.length === ordered.length) {
      for (let place = 0; place < ordered.length; place++) places[ordered[place] ?? 0] = place;
    } else {
      const isAsked = new Uint8Array(this.#labels.length);
      for (let i = 0; i < numbers.length; i++) isAsked[numbers[i] ?? 0] = 1;
      for (let i = 0, place = 0; i < ordered.length; i++) {
        const number = ordered[i] ?? 0;
        if (isAsked[number] === 1) places[number] = place++;
      }
    }
    return numbers.map((number) => places[number] ?? 0);
  }

  /** What is known of the metric as a whole. */
  withoutSeries(): KnownSeries {
    const begun = new KnownSeries();
    begun.features = this.features;
    begun.samplesPerMs = this.samplesPerMs;
    begun.wasFiltered = this.wasFiltered;
    return begun;
  }

  /** What it takes, roughly, in bytes. */
  get weight(): number {
    return 500 + 150 * this.ids.ids.length + this.#labelsWeight;
  }

  /** To sort what is sorted for the most part takes little more than to go through it. */
  #order(): void {
    if (this.#unordered.length === 0) return;
    const compare = (a: number, b: number): number =>
      this.#labels[a]?.compare(this.#labels[b] ?? Labels.EMPTY) ?? 0;
    const added = this.#unordered.splice(0).sort(compare);
    this.#ordered = Uint32Array.from([...this.#ordered, ...added].sort(compare));
  }
}

/**
 * A text takes some 24 bytes and its characters, which are in the key of the labels once more, and in JSON, with
 * the name and without.
 */
function weightOf({ pairs }: Labels): number {
  return 200 + pairs.reduce((sum, text) => sum + 40 + 4 * text.length, 0);
}

/** Bytes that all may take, roughly: about 40,000 series. */
const standardCapacity = 96 << 20;

interface Kept {
  readonly known: KnownSeries;
  readonly weight: number;
}

/** What is known of the metrics that were asked for last. */
export class KnownMetrics {
  readonly #metrics: RecentMap<string, Kept>;
  readonly #capacity: number;

  constructor(capacity: number = standardCapacity) {
    this.#metrics = new RecentMap(capacity);
    this.#capacity = capacity;
  }

  /** What is known of a metric, to be added to. */
  of(name: string): KnownSeries {
    return this.#metrics.get(name)?.known ?? new KnownSeries();
  }

  /** Keeps what is known of a metric that has series; of too many, the labels are read again for each question. */
  keep(name: string, known: KnownSeries): void {
    if (known.ids.ids.length === 0) return;
    const isTooLarge = known.weight > this.#capacity;
    const kept = isTooLarge ? known.withoutSeries() : known;
    const { weight } = kept;
    const before = this.#metrics.get(name);
    if (before?.known === kept && before.weight === weight) return;
    // A copy, as a part of the query's text would keep all of it.
    this.#metrics.set(Buffer.from(name).toString(), { known: kept, weight }, weight + 2 * name.length);
  }
}
