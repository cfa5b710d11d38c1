import type { Limits } from '../../src/access/principal.ts';
import { MetricBatch, type MetricBatchResult } from '../../src/ingest/metric-batch.ts';
import { MetricTranslator } from '../../src/ingest/otlp/metric-translator.ts';
import type { MetricSample, MetricSeries } from '../../src/store/rows/metric-record.ts';
import { CollectedSeries } from './collected-series.ts';
import { metricsOfJson } from './decode.ts';
import { encodeJson, type Json, newYear } from './otlp-messages.ts';

export interface Translated extends MetricBatchResult {
  readonly series: readonly MetricSeries[];
}

/** What a request for metrics becomes that arrives at the new year. */
export function translate(request: Json, limits: Limits = {}, records = 1_000_000): Translated {
  const rows = new CollectedSeries();
  const batch = new MetricBatch(rows, { records, rowBytes: 1 << 28 });
  const translator = new MetricTranslator(batch);
  const terms = { arrival: newYear, limits };
  for (const [metric, origin] of metricsOfJson(encodeJson(request))) translator.add(metric, origin, terms);
  translator.finish(terms);
  return { ...batch.take(), series: rows.taken };
}

/**
 * Series as lines of text, sorted: the labels as an exposition has them, `+` for a delta, then each sample's
 * value and its time and start, in seconds after the new year.
 */
export function lines(series: readonly MetricSeries[]): string[] {
  return series
    .map(({ labels, delta, samples }) => {
      const name = labels.metricName;
      const others = labels.drop(new Set(['__name__']));
      return `${name}${others.size === 0 ? '' : others}${delta ? ' +' : ''} ${samples.map(sampleText).join(' ')}`;
    })
    .sort();
}

function sampleText({ timestamp, value, stale, histogram, startTimestamp }: MetricSample): string {
  const text = stale === true ? 'stale' : histogram === undefined ? String(value) : 'histogram';
  const start = startTimestamp === undefined ? '' : `<${seconds(startTimestamp)}`;
  return `${text}@${seconds(timestamp)}${start}`;
}

const seconds = (time: number): number => (time - Number(newYear / 1_000_000n)) / 1000;
