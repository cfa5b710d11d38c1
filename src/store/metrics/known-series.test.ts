import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Labels } from '../../promql/labels.ts';
import { KnownMetrics, KnownSeries } from './known-series.ts';

const all = Array.from({ length: 12 }, (_, i) => ({
  id: BigInt(i) << 31n,
  labels: Labels.from({ __name__: 'm', pod: `pod-${(i * 7) % 12}` }),
  hasHistograms: false,
  hasStartTimestamps: false,
}));

test('any selections of a metric in turn are ordered by labels, whatever else was met before', () => {
  const selection = fc.uniqueArray(fc.nat(all.length - 1));
  fc.assert(
    fc.property(fc.array(selection, { maxLength: 8 }), (selections) => {
      const known = new KnownSeries();
      for (const selected of selections) {
        const series = selected.flatMap((i) => all[i] ?? []);
        known.remember(series);
        const numbers = Uint32Array.from(series, ({ id }) => known.ids.numberOf(id));
        const places = known.placesOf(numbers);
        const ordered: (string | undefined)[] = [];
        for (const [i, place] of places.entries()) {
          ordered[place] = known.labels(numbers[i] ?? -1)?.get('pod');
        }
        const pods = series.map(({ labels }) => labels.get('pod'));
        expect(ordered).toEqual(pods.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
      }
    }),
  );
});

test('the labels of an id that was met are unknown until they were read', () => {
  const known = new KnownSeries();
  const number = known.ids.numberOf(5n);
  expect(known.labels(number)).toBeUndefined();
  const labels = Labels.from({ __name__: 'm' });
  known.remember([{ id: 5n, labels, hasHistograms: false, hasStartTimestamps: false }]);
  expect(known.labels(number)).toBe(labels);
});

test('how many samples there are follows from how many there were in a range', () => {
  const known = new KnownSeries();
  known.noteSamples(200, { from: 1, to: 1_000 });
  expect(known.samplesIn({ from: 0, to: 9_999 })).toBeCloseTo(2_000);
  known.noteSamples(Number.POSITIVE_INFINITY, { from: 1, to: 1_000 });
  expect(known.samplesIn({ from: 0, to: 0 })).toBe(Number.POSITIVE_INFINITY);
});

test('of a metric with too many series, what is known of all of them is kept, and others are', () => {
  const metrics = new KnownMetrics(40_000);
  const small = metrics.of('small');
  small.remember(all);
  metrics.keep('small', small);
  expect(metrics.of('small')).toBe(small);
  const large = metrics.of('large');
  for (let id = 0n; id < 400n; id++) large.ids.numberOf(id);
  large.features = { histograms: false, startTimestamps: true };
  large.samplesPerMs = 3;
  large.wasFiltered = true;
  metrics.keep('large', large);
  const kept = metrics.of('large');
  expect(kept).not.toBe(large);
  expect(kept.ids.ids).toEqual([]);
  expect(kept).toMatchObject({ features: large.features, samplesPerMs: 3, wasFiltered: true });
  expect(metrics.of('small')).toBe(small);
});

test('nothing is kept of a name that no series has', () => {
  const metrics = new KnownMetrics();
  const none = metrics.of('none');
  none.wasFiltered = true;
  metrics.keep('none', none);
  expect(metrics.of('none')).not.toBe(none);
});
