import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CollectedSeries } from '../../../test/ingest/collected-series.ts';
import type { Buckets, Histogram } from '../../promql/histogram.ts';
import type { MetricSample } from '../../store/rows/metric-record.ts';
import { MetricBatch } from '../metric-batch.ts';
import { TextCache } from '../otlp/text-cache.ts';
import {
  type DecodedRemoteWrite,
  RemoteWriteDecoder,
  type RemoteWriteVersion,
} from './remote-write-decoder.ts';

const folder = new URL('../../../test/ingest/recorded/', import.meta.url);

/** What Prometheus' own packages read in a recorded body. */
const expectedOf = (name: string): unknown[] =>
  readFileSync(new URL(`${name}.ndjson`, folder), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

function decode(version: RemoteWriteVersion, name: string): DecodedRemoteWrite & { series: unknown[] } {
  const limits = { inflatedBytes: 1 << 20, records: 10_000, rowBytes: 1 << 20 };
  const collected = new CollectedSeries();
  const decoder = new RemoteWriteDecoder(new MetricBatch(collected, limits), new TextCache(), limits);
  const bytes = Uint8Array.from(readFileSync(new URL(`${name}.snappy`, folder)));
  const arrival = BigInt(Date.UTC(2026, 10, 24)) * 1_000_000n;
  const decoded = decoder.decode({ version, bytes, arrival, limits: {} });
  const series = collected.taken.map(({ labels, metadata, samples }) => ({
    labels: labels.toObject(),
    ...metadata,
    samples: samples.map(readable),
  }));
  return { ...decoded, series };
}

function readable({ timestamp, startTimestamp, value, stale, histogram }: MetricSample): unknown {
  return {
    timestamp,
    ...(startTimestamp !== undefined && { start: startTimestamp }),
    ...(histogram === undefined
      ? { value: stale === true ? 'stale' : goText(value) }
      : { histogram: readableHistogram(histogram) }),
  };
}

function readableHistogram(histogram: Histogram): unknown {
  const { hint, schema, count, sum, zeroThreshold, zeroCount, positive, negative, customValues } = histogram;
  return {
    hint: ['unknown', 'reset', 'not_reset', 'gauge'].indexOf(hint),
    schema,
    count: goText(count),
    sum: goText(sum),
    zeroThreshold: goText(zeroThreshold),
    zeroCount: goText(zeroCount),
    positive: readableBuckets(positive),
    negative: readableBuckets(negative),
    custom: [...customValues].map(goText),
  };
}

const readableBuckets = ({ indices, counts }: Buckets): unknown =>
  Object.fromEntries([...indices].map((index, i) => [String(index), goText(counts[i] ?? Number.NaN)]));

/** The number as Go's strconv.FormatFloat writes it with 'g' and all digits that it needs. */
function goText(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  const power = Number(exponent);
  // With all digits Go writes an exponent below -4, and from 21 on.
  if (power >= -4 && power < 21) return String(value);
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

test.each<[RemoteWriteVersion, string, number, number]>([
  [1, 'v1-series', 20, 6],
  [2, 'v2-series', 20, 8],
])('version %i of a real Prometheus', (version, name, samples, histograms) => {
  const decoded = decode(version, name);
  expect(decoded.series).toEqual(expectedOf(name));
  expect(decoded).toMatchObject({ samples, histograms, rejected: 0, encoded: { families: [] } });
});

test('metadata of a real Prometheus', () => {
  const { encoded, series } = decode(1, 'v1-metadata');
  const byName = [...encoded.families].sort((a, b) => (a.family < b.family ? -1 : 1));
  expect(byName).toEqual(expectedOf('v1-metadata'));
  expect(series).toEqual([]);
});
