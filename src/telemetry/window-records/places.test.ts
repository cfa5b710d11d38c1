import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Place, placeNames, placesNamed } from './places.ts';

const place = (text: string): Place => {
  const [cluster = '', namespace = '', workload = ''] = text.split(' ');
  return { cluster, namespace, workload };
};

describe('names of workloads', () => {
  test.each([
    [
      ['eu shop cart', 'eu bank ledger'],
      ['cart', 'ledger'],
    ],
    [
      ['eu shop cart', 'eu bank cart', 'eu shop web'],
      ['shop/cart', 'bank/cart', 'web'],
    ],
    [
      ['eu shop cart', 'us shop cart'],
      ['eu/shop/cart', 'us/shop/cart'],
    ],
    [
      ['eu shop cart', ' shop cart'],
      ['cart', 'cart'],
    ],
    [['eu shop '], ['(none)']],
  ])('%j', (texts, names) => {
    expect(placeNames(texts.map(place))).toEqual(names);
  });

  test('mean the place that they name, and no other', () => {
    const named = fc.record({
      cluster: fc.constantFrom('eu', 'us'),
      namespace: fc.constantFrom('shop', 'bank'),
      workload: fc.constantFrom('cart', 'web'),
    });
    const places = fc.uniqueArray(named, { selector: (each) => JSON.stringify(each) });
    fc.assert(
      fc.property(places, (all) => {
        for (const [i, name] of placeNames(all).entries()) {
          const meant = all.filter((each) =>
            placesNamed(name).some(
              ({ cluster = each.cluster, namespace = each.namespace, workload }) =>
                cluster === each.cluster && namespace === each.namespace && workload === each.workload,
            ),
          );
          expect(meant).toEqual([all[i]]);
        }
      }),
      { seed: 3 },
    );
  });
});
