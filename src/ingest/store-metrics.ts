import type { EncodedMetrics } from '../store/rows/metric-rows.ts';
import type { MetricBatchResult } from './metric-batch.ts';
import type { MetricSink, MetricSinkOptions } from './sink.ts';
import type { Count } from './tally.ts';

/** Bytes that the metrics of a request take until they are stored; those that have to be added up roughly. */
export function encodedBytes({ series, samples, deltas, families }: EncodedMetrics): number {
  let bytes = series.bytes.length;
  for (const block of samples) bytes += block.bytes.length;
  for (const delta of deltas) bytes += deltaSampleBytes * delta.samples.length;
  for (const { family, unit, help } of families) {
    bytes += familyBytes + 2 * (family.length + unit.length + help.length);
  }
  return bytes;
}

const deltaSampleBytes = 100;
const familyBytes = 100;

/** Stores the metrics of one request. Resolves with what its sender should know, when they are durable. */
export async function storeMetrics(
  sink: MetricSink,
  { encoded }: Pick<MetricBatchResult, 'encoded'>,
  options: MetricSinkOptions,
): Promise<readonly Count[]> {
  if (encoded.count === 0 && encoded.families.length === 0) return [];
  const { duplicates } = await sink.insertMetrics(encoded, options);
  return duplicates === 0 ? [] : [{ reason: tooLate, count: duplicates }];
}

const tooLate =
  'samples of delta temporality were left out, as they were not newer than those that had been added up';
