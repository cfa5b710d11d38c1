import type { MemorySample } from '../../src/promql/memory-source.ts';

export interface WrittenSeries {
  /** With `__name__`. */
  readonly labels: Readonly<Record<string, string>>;
  /** Histograms are sent with float counts. */
  readonly samples: Iterable<MemorySample>;
}

export function encodeWriteRequest(series: Iterable<WrittenSeries>): Buffer<ArrayBuffer>;

export function remoteWrite(
  url: string | URL,
  series: Iterable<WrittenSeries>,
  headers?: Readonly<Record<string, string>>,
): Promise<void>;
