import { describe, expect, it } from 'vitest';
import { causesOf, isTrue } from './judge.ts';
import { FAULTS } from './seeded-windows.ts';

const SEEDS = Array.from({ length: 100 }, (_, seed) => seed);

describe('the causes of a comparison', () => {
  it('are none in at least 95 of 100 windows without a fault', () => {
    const named = SEEDS.filter((seed) => causesOf(1000 + seed).causes.length > 0);
    expect(named.length, `seeds ${named}`).toBeLessThanOrEqual(5);
  });

  it('begin with the true place and kind in at least 90 of 100 windows with a fault', () => {
    const missed = SEEDS.flatMap((seed) => {
      const { fault, causes } = causesOf(2000 + seed, FAULTS[seed % FAULTS.length]);
      const [first] = causes;
      return isTrue(first, fault)
        ? []
        : [
            `${seed}: ${fault?.kind} in ${fault?.workload}, named ${first?.kind} ${first?.workload} ${first?.peer}`,
          ];
    });
    expect(missed.length, missed.join('\n')).toBeLessThanOrEqual(10);
  });
});
