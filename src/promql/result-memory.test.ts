import { expect, test } from 'vitest';
import { evaluate } from './engine.ts';
import { Labels } from './labels.ts';
import { seriesSet } from './series-set.ts';
import type { RawSeries, SeriesSet } from './series-source.ts';

const minute = 60_000;

/** Counters of ten minutes, a sample every 15 s, in one piece of memory. */
function createSeries(): { readonly series: RawSeries[]; readonly memory: ArrayBuffer } {
  const length = 40;
  const memory = new ArrayBuffer(4 * 8 * length);
  const series = ['a', 'b'].map((pod, i) => {
    const timestamps = new Float64Array(memory, 16 * length * i, length);
    const values = new Float64Array(memory, 16 * length * i + 8 * length, length);
    for (let k = 0; k < length; k++) {
      timestamps[k] = 15_000 * k;
      values[k] = k * (i + 1);
    }
    return { labels: Labels.from({ __name__: 'm_total', pod }), timestamps, values };
  });
  return { series, memory };
}

const queries = [
  'm_total',
  'm_total[5m]',
  'm_total[5m] offset 1m',
  'm_total[5m] anchored',
  'm_total[5m] smoothed',
  'm_total smoothed',
  'rate(m_total[5m])',
  'last_over_time(m_total[5m])',
  'first_over_time(m_total[5m])',
  'max_over_time(m_total[5m:15s])',
  'm_total[5m:15s]',
  'sort(m_total)',
  'topk(1, m_total)',
  'sum(m_total)',
  'max by (pod) (m_total)',
  'm_total or rate(m_total[5m])',
  'm_total and m_total',
  'label_replace(m_total, "x", "1", "", "")',
  'timestamp(m_total)',
  'm_total @ 300',
];

test.each(queries)(
  'the result of %s stays as it is when the memory of its series is used again',
  async (query) => {
    for (const step of [0, minute]) {
      if (step > 0 && /\]( \w+)*( 1m)?$/.test(query)) continue;
      const { series, memory } = createSeries();
      const source = { select: async () => seriesSet(series) };
      const result = await evaluate(query, { source, start: 9 * minute, end: 9 * minute + 5 * step, step });
      const before = JSON.stringify(result.result, plain);
      expect(before).not.toBe('[]');
      new Uint8Array(memory).fill(0xab);
      expect(JSON.stringify(result.result, plain)).toBe(before);
    }
  },
);

/** The series from the last to the first, each in the memory of the one before. */
function oneByOne(series: readonly RawSeries[]): SeriesSet {
  return {
    seriesCount: series.length,
    sampleCount: series.reduce((sum, { values }) => sum + values.length, 0),
    places: Uint32Array.from(series.keys()).reverse(),
    *[Symbol.iterator]() {
      const [timestamps, values] = [new Float64Array(40), new Float64Array(40)];
      for (const one of series.toReversed()) {
        timestamps.set(one.timestamps);
        values.set(one.values);
        yield { labels: one.labels, timestamps, values };
        values.fill(Number.NaN);
      }
    },
  };
}

test.each([
  ...queries,
  'm_total + on (pod) rate(m_total[5m])',
  'm_total and m_total offset 1m',
  'rate(m_total[5m]) + ignoring (x) rate(m_total[2m] offset 3m)',
  'm_total * on (pod) group_left () info(m_total, {__name__="m_total"})',
  'timestamp(m_total) - timestamp(m_total offset 1m)',
])('%s needs the samples of one series at a time', async (query) => {
  for (const step of [0, minute]) {
    if (step > 0 && /\]( \w+)*( 1m)?$/.test(query)) continue;
    const { series } = createSeries();
    const times = { start: 9 * minute, end: 9 * minute + 5 * step, step };
    const [expected, given] = await Promise.all(
      [seriesSet(series), oneByOne(series)].map((set) =>
        evaluate(query, { source: { select: async () => set }, ...times }),
      ),
    );
    expect(JSON.stringify(given?.result, plain)).not.toBe('[]');
    expect(JSON.stringify(given?.result, plain)).toBe(JSON.stringify(expected?.result, plain));
  }
});

const plain = (_: string, value: unknown): unknown => (value instanceof Float64Array ? [...value] : value);
