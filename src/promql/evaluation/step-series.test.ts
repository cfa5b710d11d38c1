import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StepColumns } from './step-series.ts';

test('columns begin empty and do not overlap, however many steps they have', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(3_000), { maxLength: 60 }), (counts) => {
      const columns = new StepColumns();
      const taken = counts.map((count, i) => {
        const { kinds, values } = columns.take(count);
        expect([kinds.length, values.length]).toEqual([count, count]);
        expect(kinds.every((kind) => kind === 0)).toBe(true);
        kinds.fill(1 + (i % 2));
        values.fill(i);
        return { kinds, values };
      });
      for (const [i, { kinds, values }] of taken.entries()) {
        expect(kinds.every((kind) => kind === 1 + (i % 2))).toBe(true);
        expect(values.every((value) => value === i)).toBe(true);
      }
    }),
    { numRuns: 50 },
  );
});
