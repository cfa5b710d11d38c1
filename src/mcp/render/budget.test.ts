import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { estimateTokens, fitToBudget, largest } from './budget.ts';

describe('the estimate', () => {
  // The real numbers are of o200k_base, counted with gpt-tokenizer 3.
  test.each([
    ['2023-01-29T08:42:57.612123456Z', 17],
    ['6f3cbf058c2765548a39ad724905d6a1', 19],
    ['\tts-travel2-service\tts-travel2-service-5c66d57d58-6mp2b\t33.33.33.167\t', 32],
    ['16:42:09.486 INFO  t.c.Travel2Controller#115 [query][Query TripResponse]', 28],
    ['<untrusted-k3f9xq>', 10],
    ['\\u{202e}'.repeat(10), 50],
    ['\t-'.repeat(20), 40],
  ])('of %j is not below %d', (text, real) => {
    expect(estimateTokens(text)).toBeGreaterThanOrEqual(real);
    expect(estimateTokens(text)).toBeLessThanOrEqual(real * 1.6);
  });

  test('of parts is not less than of the whole by more than the seams', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(estimateTokens(a + b)).toBeLessThanOrEqual(estimateTokens(a) + estimateTokens(b) + 4);
      }),
      { seed: 3 },
    );
  });
});

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
    expect(fitToBudget(dimensions, 24, layout)).toBe(layout({ length: 10, rows: 5 }));
    expect(fitToBudget(dimensions, 0, layout)).toBe('');
  });
});
