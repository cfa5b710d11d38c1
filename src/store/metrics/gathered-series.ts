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
    const samples = this.#blocks.roomFor(this.#series.map(({ slot }) => slot));
    let { timestamps, values } = samples;
    for (const { labels, slot } of this.#series) {
      this.#blocks.gather(slot, samples);
      if (samples.startTimestamps !== undefined || samples.histograms !== undefined || !samples.ascends) {
        yield orderedSeries(labels, samples);
        continue;
      }
      // Most series have as many samples as the one before.
      if (timestamps.length !== samples.count) {
        timestamps = samples.timestamps.subarray(0, samples.count);
        values = samples.values.subarray(0, samples.count);
      }
      yield { labels, timestamps, values, histograms: undefined, startTimestamps: undefined };
    }
  }
}

/** The series with samples from a time on (milliseconds since the epoch), in the order given, all in memory. */
export function seriesFrom(time: number, blocks: SampleBlocks, series: readonly ReadSeries[]): SeriesSet {
  const found: RawSeries[] = [];
  for (const { labels, slot } of series) {
    const samples = blocks.roomFor([slot]);
    blocks.gather(slot, samples);
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
