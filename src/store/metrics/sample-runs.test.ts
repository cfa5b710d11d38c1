import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NumberPool } from './number-pool.ts';
import { NumberRoom } from './number-room.ts';
import { none, SampleRuns } from './sample-runs.ts';

test('runs are those that were added, of each series in their order', () => {
  const run = fc.record({ series: fc.nat(700), block: fc.nat(3), start: fc.nat(100), length: fc.nat(9) });
  fc.assert(
    fc.property(fc.array(run, { maxLength: 900 }), (added) => {
      const runs = new SampleRuns(new NumberRoom(new NumberPool(1)));
      const expected = new Map<number, number[][]>();
      for (const { series, block, start, length } of added) {
        const end = start + length + 1;
        runs.add(series, block, start, end);
        expected.set(series, [...(expected.get(series) ?? []), [block, start, end]]);
      }
      expect([...runs.seriesWithSamples()]).toEqual([...expected.keys()].sort((a, b) => a - b));
      expect(runs.seriesCount).toBe(expected.size);
      for (const [series, own] of expected) {
        const found: number[][] = [];
        for (let at = runs.firstOf(series); at !== none; at = runs.nextOf(at)) {
          found.push([runs.blockOf(at), runs.startOf(at), runs.endOf(at)]);
        }
        expect(found).toEqual(own);
        const rows = own.reduce((sum, [, start = 0, end = 0]) => sum + end - start, 0);
        expect(runs.countOf(series)).toBe(rows);
      }
    }),
  );
});
