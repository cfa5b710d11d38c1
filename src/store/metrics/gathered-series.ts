import type { Labels } from '../../promql/labels.ts';
import { cut, seriesSet } from '../../promql/series-set.ts';
import type { RawSeries, SeriesSet } from '../../promql/series-source.ts';
import { storedHints } from '../../promql/stored-hints.ts';
import type { GatheredSamples, SampleBlocks } from './sample-blocks.ts';
import { inOrder } from './sample-order.ts';

/** A series whose samples are still where they were read. */
export interface ReadSeries {
  readonly labels: Labels;
  /** Its number among the series of the blocks. */
  readonly slot: number;
}

/** Series that are gathered at once, and their samples: what fits a core's cache. */
const mostAtOnce = 16;
const samplesAtOnce = 32_768;

interface PlacedSeries extends ReadSeries {
  readonly place: number;
}

/**
 * Series whose samples are gathered one after the other, each in the place of the one before. They come in the
 * order in which they were met: their samples lie side by side in each block then.
 */
export class GatheredSeries implements SeriesSet {
  readonly #blocks: SampleBlocks;
  readonly #series: readonly PlacedSeries[];
  readonly sampleCount: number;
  readonly places: Uint32Array;

  /** @param series ordered by labels */
  constructor(blocks: SampleBlocks, series: readonly ReadSeries[]) {
    this.#blocks = blocks;
    const bySlot: (PlacedSeries | undefined)[] = new Array(blocks.runs.seriesCount).fill(undefined);
    for (const [place, { labels, slot }] of series.entries()) bySlot[slot] = { labels, slot, place };
    this.#series = bySlot.filter((one) => one !== undefined);
    this.places = Uint32Array.from(this.#series, ({ place }) => place);
    this.sampleCount = series.reduce((sum, { slot }) => sum + blocks.runs.countOf(slot), 0);
  }

  get seriesCount(): number {
    return this.#series.length;
  }

  *[Symbol.iterator](): Generator<RawSeries> {
    const blocks = this.#blocks;
    const most = this.#series.reduce((count, { slot }) => Math.max(count, blocks.runs.countOf(slot)), 0);
    const atOnce = Math.max(1, Math.min(mostAtOnce, Math.floor(samplesAtOnce / most)));
    const places = Array.from({ length: atOnce }, () => new SeriesPlace(blocks.roomFor(most)));
    for (let i = 0; i < this.#series.length; i += atOnce) {
      const some = this.#series.slice(i, i + atOnce);
      const targets = places.slice(0, some.length);
      blocks.gather(
        some.map(({ slot }) => slot),
        targets.map(({ samples }) => samples),
      );
      for (const [k, { labels }] of some.entries()) {
        const target = targets[k];
        if (target !== undefined) yield target.series(labels);
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
    const { count, ascends, timestamps, values, startTimestamps, histograms } = this.samples;
    if (startTimestamps !== undefined || histograms !== undefined || !ascends) {
      return orderedSeries(labels, this.samples);
    }
    // Most series have as many samples as the one before.
    if (this.#timestamps.length !== count) {
      this.#timestamps = timestamps.subarray(0, count);
      this.#values = values.subarray(0, count);
    }
    const [times, floats] = [this.#timestamps, this.#values];
    return { labels, timestamps: times, values: floats, histograms: undefined, startTimestamps: undefined };
  }
}

/** The series with samples from a time on (milliseconds since the epoch), in the order given, all in memory. */
export function seriesFrom(time: number, blocks: SampleBlocks, series: readonly ReadSeries[]): SeriesSet {
  const found: RawSeries[] = [];
  for (const { labels, slot } of series) {
    const samples = blocks.roomFor(blocks.runs.countOf(slot));
    blocks.gather([slot], [samples]);
    const part = cut(orderedSeries(labels, samples), { from: time, to: Number.POSITIVE_INFINITY });
    if (part.timestamps.length > 0) found.push(part);
  }
  return seriesSet(found);
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
