import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecentMap } from './recent-map.ts';

test('gives what was set last under a key, and forgets only what was not used for long', () => {
  const steps = fc.array(fc.tuple(fc.boolean(), fc.nat(12)), { maxLength: 200 });
  fc.assert(
    fc.property(steps, (list) => {
      const map = new RecentMap<number, number>(12);
      const values = new Map<number, number>();
      // Keys in order of use, the last used one first.
      let used: number[] = [];
      for (const [step, [set, key]] of list.entries()) {
        const recent = used.slice(0, 5).includes(key);
        if (set) {
          map.set(key, step);
          values.set(key, step);
        } else {
          const found = map.get(key);
          if (recent) expect(found).toBe(values.get(key));
          else expect([undefined, values.get(key)]).toContain(found);
          if (found === undefined) continue;
        }
        used = [key, ...used.filter((other) => other !== key)];
      }
    }),
    { numRuns: 500 },
  );
});

test('holds no more than its capacity', () => {
  const map = new RecentMap<number, number>(100);
  for (let i = 0; i < 1000; i++) map.set(i, i, 7);
  const held = Array.from({ length: 1000 }, (_, i) => i).filter((i) => map.get(i) !== undefined);
  expect(held.length * 7).toBeLessThanOrEqual(100);
  expect(held.at(-1)).toBe(999);
});
