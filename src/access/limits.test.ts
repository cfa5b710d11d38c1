import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isWithin, narrowed } from './limits.ts';
import type { Limits } from './principal.ts';

const names = ['a', 'b', 'c'];
const list = fc.subarray(names);
const limits: fc.Arbitrary<Limits> = fc.record({ clusters: list, namespaces: list }, { requiredKeys: [] });

/** The places that limits leave visible, one by one. */
const visible = ({ clusters = names, namespaces = names }: Limits): string[] =>
  clusters.flatMap((cluster) => namespaces.map((namespace) => `${cluster}/${namespace}`));

test('what is seen under both limits is what each of them lets through', () => {
  fc.assert(
    fc.property(limits, limits, (one, other) => {
      const seen = visible(narrowed(one, other));
      expect(seen.sort()).toEqual(
        visible(one)
          .filter((place) => visible(other).includes(place))
          .sort(),
      );
    }),
  );
});

test('limits within others show nothing that those hide', () => {
  fc.assert(
    fc.property(limits, limits, (inner, outer) => {
      if (!isWithin(inner, outer)) return;
      const outside = visible(inner).filter((place) => !visible(outer).includes(place));
      expect(outside).toEqual([]);
    }),
  );
});

test.each<[Limits, Limits, boolean]>([
  [{}, {}, true],
  [{ namespaces: ['a'] }, {}, true],
  [{}, { namespaces: ['a'] }, false],
  [{ namespaces: ['a'] }, { namespaces: ['a', 'b'] }, true],
  [{ namespaces: ['a', 'c'] }, { namespaces: ['a', 'b'] }, false],
  [{ namespaces: ['a'] }, { clusters: ['x'] }, false],
  [{ namespaces: ['a'], clusters: ['x'] }, { clusters: ['x'] }, true],
])('%j within %j: %j', (inner, outer, expected) => {
  expect(isWithin(inner, outer)).toBe(expected);
});
