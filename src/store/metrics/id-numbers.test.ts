import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IdNumbers } from './id-numbers.ts';

test('ids are numbered in the order in which they are met, in whatever order they come again', () => {
  // With halves in common, and 0, which a missing one might be taken for.
  const id = fc.constantFrom(0n, 1n, 1n << 32n, (1n << 32n) + 1n, 2n ** 64n - 1n, 0xffff_ffffn, 7n);
  fc.assert(
    fc.property(fc.array(fc.array(id, { maxLength: 20 }), { maxLength: 10 }), (blocks) => {
      const numbers = new IdNumbers();
      for (const block of blocks) {
        const numberAt = numbers.numbersOf(BigUint64Array.from(block));
        expect(block.map((_, i) => numbers.ids[numberAt(i)])).toEqual(block);
        for (const one of block) expect(numbers.ids[numbers.numberOf(one)]).toBe(one);
      }
      expect(numbers.ids).toEqual([...new Set(blocks.flat())]);
    }),
  );
});
