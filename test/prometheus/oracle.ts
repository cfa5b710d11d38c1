import { evaluate, type QueryResult } from '../../src/promql/engine.ts';
import { allBuckets } from '../../src/promql/histogram/bounds.ts';
import { bucketsFrom, createHistogram } from '../../src/promql/histogram.ts';
import { Labels } from '../../src/promql/labels.ts';
import { MemorySource } from '../../src/promql/memory-source.ts';
import type { MatrixSeries, VectorSample } from '../../src/promql/query-result.ts';
import type { SentSeries } from './remote-write.ts';

export interface Times {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** What our own evaluation, which Prometheus' own tests pin down, says of a query on these series. */
export async function evaluateInMemory(
  series: readonly SentSeries[],
  query: string,
  times: Times,
): Promise<QueryResult> {
  const source = new MemorySource();
  for (const { labels, samples } of series) {
    source.add(
      Labels.from(labels),
      samples.map(({ timestamp, value = 0, histogram }) => {
        if (histogram === undefined) return { timestamp, value };
        const { schema, zeroThreshold, zeroCount, sum, offset, counts } = histogram;
        const count = counts.reduce((total, one) => total + one, zeroCount);
        const positive = bucketsFrom(offset, counts);
        return {
          timestamp,
          value,
          histogram: createHistogram({ schema, zeroThreshold, zeroCount, sum, count, positive }),
        };
      }),
    );
  }
  return evaluate(query, { source, ...times });
}

/** A result in a form that can be compared: histograms by what their buckets hold, numbers to 12 digits. */
export function comparable(result: QueryResult): unknown {
  const { type, warnings, infos } = result;
  const notes = { warnings: [...warnings].sort(), infos: [...infos].sort() };
  if (type === 'scalar' || type === 'string') return { type, value: rounded(result.result), ...notes };
  const series = type === 'vector' ? result.result.map(ofSample) : result.result.map(ofSeries);
  return { type, series: series.sort((a, b) => (a.labels < b.labels ? -1 : 1)), ...notes };
}

function ofSample({ labels, value, histogram }: VectorSample) {
  return { labels: labels.toString(), samples: [ofValue(value, histogram)] };
}

function ofSeries({ labels, timestamps, values, histograms }: MatrixSeries) {
  const samples = Array.from(timestamps, (time, i) => [time, ofValue(values[i] ?? 0, histograms?.[i])]);
  return { labels: labels.toString(), samples };
}

function ofValue(value: number, histogram: VectorSample['histogram']): unknown {
  if (histogram === undefined) return rounded(value);
  const buckets = allBuckets(histogram)
    .filter(({ count }) => count !== 0)
    .map(({ lower, upper, count }) => [lower, upper, rounded(count)]);
  return { count: rounded(histogram.count), sum: rounded(histogram.sum), buckets };
}

function rounded(value: number | string): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(12))) : value;
}
