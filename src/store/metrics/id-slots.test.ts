import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IdSlots } from './id-slots.ts';

test('ids are numbered in the order in which they are met, in whatever order they come again', () => {
  // With halves in common, and 0, which a missing one might be taken for.
  const id = fc.constantFrom(0n, 1n, 1n << 32n, (1n << 32n) + 1n, 2n ** 64n - 1n, 0xffff_ffffn, 7n);
  fc.assert(
    fc.property(fc.array(fc.array(id, { maxLength: 20 }), { maxLength: 10 }), (blocks) => {
      const added: number[] = [];
      const slots = new IdSlots(() => added.push(slots.ids.length));
      for (const block of blocks) {
        const ids = BigUint64Array.from(block);
        const slotAt = slots.slotsOf(ids);
        const found = block.map((_, i) => slots.ids[slotAt(i)]);
        expect(found).toEqual(block);
      }
      const met = [...new Set(blocks.flat())];
      expect(slots.ids).toEqual(met);
      expect(added).toEqual(met.map((_, i) => i));
    }),
  );
});
