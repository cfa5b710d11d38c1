import type { Labels } from '../../promql/labels.ts';
import { cut, seriesSet } from '../../promql/series-set.ts';
import type { RawSeries, SeriesSet } from '../../promql/series-source.ts';
import { storedHints } from '../../promql/stored-hints.ts';
import type { GatheredSamples, SampleBlocks } from './sample-blocks.ts';
import { inOrder } from './sample-order.ts';

/** Series whose samples are still where they were read, in columns. */
export interface ReadSeries {
  /** Their numbers among the series of the blocks, ascending. */
  readonly numbers: Uint32Array;
  readonly labels: readonly Labels[];
  /** The place of each by labels, from 0 on. */
  readonly places: Uint32Array;
}

/** Series that are gathered at once, and their samples: what fits a core's cache. */
const mostAtOnce = 16;
const samplesAtOnce = 32_768;

/**
 * Series whose samples are gathered one after the other, each in the place of the one before. They come in the
 * order of their numbers, in which most were met: their samples lie side by side in each block then.
 */
export class GatheredSeries implements SeriesSet {
  readonly #blocks: SampleBlocks;
  readonly #series: ReadSeries;
  readonly sampleCount: number;
  readonly #mostSamples: number;

  constructor(blocks: SampleBlocks, series: ReadSeries) {
    this.#blocks = blocks;
    this.#series = series;
    let [all, most] = [0, 0];
    for (const number of series.numbers) {
      const count = blocks.runs.countOf(number);
      all += count;
      most = Math.max(most, count);
    }
    this.sampleCount = all;
    this.#mostSamples = most;
  }

  get seriesCount(): number {
    return this.#series.numbers.length;
  }

  get places(): Uint32Array {
    return this.#series.places;
  }

  *[Symbol.iterator](): Generator<RawSeries> {
    const blocks = this.#blocks;
    const { numbers, labels } = this.#series;
    const most = this.#mostSamples;
    const atOnce = Math.max(1, Math.min(mostAtOnce, Math.floor(samplesAtOnce / most)));
    const places = Array.from(
      { length: Math.min(atOnce, numbers.length) },
      () => new SeriesPlace(blocks.roomFor(most)),
    );
    const targets = places.map(({ samples }) => samples);
    for (let start = 0; start < numbers.length; start += atOnce) {
      const some = numbers.subarray(start, start + atOnce);
      blocks.gather(some, targets);
      for (let i = 0; i < some.length; i++) {
        const one = labels[start + i];
        const place = places[i];
        if (one !== undefined && place !== undefined) yield place.series(one);
      }
    }
  }
}

/** Where the samples of a series are gathered, of one after another. */
class SeriesPlace {
  readonly samples: GatheredSamples;
  #timestamps: Float64Array;
  #values: Float64Array;

  constructor(samples: GatheredSamples) {
    this.samples = samples;
    this.#timestamps = samples.timestamps;
    this.#values = samples.values;
  }

  series(labels: Labels): RawSeries {
    const { count, ascends, hasNaN, timestamps, values, startTimestamps, histograms } = this.samples;
    if (startTimestamps !== undefined || histograms !== undefined || !ascends) {
      return orderedSeries(labels, this.samples);
    }
    // Most series have as many samples as the one before.
    if (this.#timestamps.length !== count) {
      this.#timestamps = timestamps.subarray(0, count);
      this.#values = values.subarray(0, count);
    }
    return {
      labels,
      timestamps: this.#timestamps,
      values: this.#values,
      hasNaN,
      histograms: undefined,
      startTimestamps: undefined,
    };
  }
}

/** The series with samples from a time on (milliseconds since the epoch), all in memory. */
export function seriesFrom(
  time: number,
  blocks: SampleBlocks,
  { numbers, labels, places }: ReadSeries,
): SeriesSet {
  const found = new Array<RawSeries | undefined>(numbers.length).fill(undefined);
  for (const [i, one] of labels.entries()) {
    const number = numbers[i] ?? 0;
    const samples = blocks.roomFor(blocks.runs.countOf(number));
    blocks.gather([number], [samples]);
    const part = cut(orderedSeries(one, samples), { from: time, to: Number.POSITIVE_INFINITY });
    if (part.timestamps.length > 0) found[places[i] ?? 0] = part;
  }
  return seriesSet(found.filter((one) => one !== undefined));
}

/** A series in order of time, each time once. */
function orderedSeries(labels: Labels, { count, ascends, ...gathered }: GatheredSamples): RawSeries {
  const samples = {
    timestamps: gathered.timestamps.subarray(0, count),
    values: gathered.values.subarray(0, count),
    startTimestamps: gathered.startTimestamps?.subarray(0, count),
    histograms: gathered.histograms,
  };
  const { timestamps, values, startTimestamps, histograms } = ascends ? samples : inOrder(samples);
  const hasHistograms = histograms?.some((histogram) => histogram !== undefined);
  const hasStarts = startTimestamps?.some((time) => time !== 0);
  return {
    labels,
    timestamps,
    values,
    histograms: hasHistograms ? storedHints(histograms ?? []) : undefined,
    startTimestamps: hasStarts ? startTimestamps : undefined,
  };
}
