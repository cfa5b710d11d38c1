import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitToBudget, largest } from './budget.ts';
import { estimateTokens } from './estimate.ts';

test('largest finds the last number that fits', () => {
  fc.assert(
    fc.property(fc.nat(500), fc.nat(500), fc.nat(500), (least, width, edge) => {
      const most = least + width;
      expect(largest(least, most, (value) => value <= edge)).toBe(Math.min(Math.max(least, edge), most));
    }),
    { seed: 4 },
  );
});

describe('fitting', () => {
  const dimensions = [
    { name: 'length', most: 400, least: 10 },
    { name: 'rows', most: 20, least: 0 },
  ] as const;
  const layout = ({ length, rows }: { length: number; rows: number }) =>
    Array.from({ length: rows }, () => '1'.repeat(length)).join('\n');

  test('changes nothing that fits', () => {
    expect(fitToBudget(dimensions, 5000, layout)).toBe(layout({ length: 400, rows: 20 }));
  });

  test('shrinks the first dimension by as little as does', () => {
    const text = fitToBudget(dimensions, 1000, layout);
    const [first = ''] = text.split('\n');
    expect(text.split('\n')).toHaveLength(20);
    expect(estimateTokens(text)).toBeLessThanOrEqual(1000);
    expect(estimateTokens(layout({ length: first.length + 1, rows: 20 }))).toBeGreaterThan(1000);
  });

  test('then the second', () => {
    expect(fitToBudget(dimensions, 25, layout)).toBe(layout({ length: 10, rows: 5 }));
    expect(fitToBudget(dimensions, 0, layout)).toBe('');
  });
});
