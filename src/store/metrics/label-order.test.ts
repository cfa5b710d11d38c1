import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Labels } from '../../promql/labels.ts';
import { LabelOrder } from './label-order.ts';

const known = Array.from({ length: 12 }, (_, i) =>
  Labels.from({ __name__: 'm', pod: `pod-${(i * 7) % 12}` }),
);

test('any selections of a metric in turn are ordered by labels, whatever else was selected before', () => {
  const selection = fc.uniqueArray(fc.nat(known.length - 1));
  fc.assert(
    fc.property(
      fc.array(selection, { maxLength: 8 }),
      fc.integer({ min: 1, max: 40 }),
      (selections, capacity) => {
        const order = new LabelOrder(capacity);
        for (const selected of selections) {
          const series = selected.flatMap((i) => known[i] ?? []).map((labels) => ({ labels }));
          const pods = series.map(({ labels }) => labels.get('pod'));
          const ordered = order.ordered('m', series);
          expect(ordered.map(({ labels }) => labels.get('pod'))).toEqual(
            pods.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
          );
          expect(new Set(ordered)).toEqual(new Set(series));
        }
      },
    ),
  );
});

test('a metric that has other series by now keeps no places of those before', () => {
  const order = new LabelOrder();
  const generation = (i: number) => [{ labels: Labels.from({ __name__: 'm', pod: `pod-${i}` }) }];
  for (let i = 0; i < 20; i++) {
    const series = generation(i);
    expect(order.ordered('m', series)).toEqual(series);
  }
});
