import type { Histogram } from '../../promql/histogram.ts';
import { StaleMarkers } from '../../promql/staleness.ts';
import { encodeHistogram } from '../rows/histogram-bytes.ts';

/** Samples of one series, in columns. */
export interface Samples {
  readonly timestamps: Float64Array;
  readonly values: Float64Array;
  readonly startTimestamps: Float64Array | undefined;
  readonly histograms: readonly (Histogram | undefined)[] | undefined;
}

/**
 * Samples in order of time, and one of those at the same time: the greatest, so that no order of arrival
 * matters. A stale marker is less than NaN, that than any number, these less than a histogram; of histograms
 * that with the greater count is greater, of equal samples that with the later start.
 */
export function inOrder(samples: Samples): Samples {
  const { timestamps } = samples;
  const stale = new StaleMarkers(samples.values);
  const order = Uint32Array.from(timestamps, (_, i) => i).sort(
    (a, b) => (timestamps[a] ?? 0) - (timestamps[b] ?? 0) || compareSamples(samples, stale, a, b),
  );
  // Sorted with the greatest last.
  const kept = order.filter((sample, i) => timestamps[sample] !== timestamps[order[i + 1] ?? -1]);
  return {
    timestamps: picked(timestamps, kept),
    values: picked(samples.values, kept),
    startTimestamps: samples.startTimestamps && picked(samples.startTimestamps, kept),
    histograms: samples.histograms && Array.from(kept, (i) => samples.histograms?.[i]),
  };
}

function compareSamples(samples: Samples, stale: StaleMarkers, a: number, b: number): number {
  const kind = kindOf(samples, stale, a) - kindOf(samples, stale, b);
  if (kind !== 0) return kind;
  const x = samples.histograms?.[a];
  const y = samples.histograms?.[b];
  const order =
    x === undefined || y === undefined
      ? compareNumbers(samples.values[a] ?? 0, samples.values[b] ?? 0)
      : compareHistograms(x, y);
  return order || (samples.startTimestamps?.[a] ?? 0) - (samples.startTimestamps?.[b] ?? 0);
}

function kindOf({ values, histograms }: Samples, stale: StaleMarkers, i: number): number {
  if (histograms?.[i] !== undefined) return 3;
  if (!Number.isNaN(values[i])) return 2;
  return stale.has(i) ? 0 : 1;
}

/** NaNs are alike, and -0 is less than 0. */
function compareNumbers(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (Object.is(a, b) || a !== 0) return 0;
  return Object.is(a, -0) ? -1 : 1;
}

function compareHistograms(a: Histogram, b: Histogram): number {
  return (
    compareNumbers(a.count, b.count) ||
    compareNumbers(a.sum, b.sum) ||
    Buffer.compare(encodeHistogram(a), encodeHistogram(b))
  );
}

/** Moves the numbers as bits: as a number, a stale marker would become another NaN. */
function picked(from: Float64Array, indices: Uint32Array): Float64Array {
  const bits = new BigUint64Array(from.buffer, from.byteOffset, from.length);
  const target = new BigUint64Array(indices.length);
  indices.forEach((index, i) => {
    target[i] = bits[index] ?? 0n;
  });
  return new Float64Array(target.buffer);
}
