import { describe, expect, test } from 'vitest';
import { maskOperations } from './mask-operations.ts';
import { Texts } from './texts.ts';

/** The names that spans have in the end, by the number of their workload. */
function namesOf(spans: readonly (readonly [place: number, name: string])[]): string[] {
  const operations = new Texts();
  const operation = Uint32Array.from(spans, ([, name]) => operations.numberOf(name));
  const place = Uint32Array.from(spans, ([number]) => number);
  maskOperations({ rows: spans.length, place, operation, operations });
  return [...operation].map((number) => operations.all[number] ?? '');
}

const many = (count: number, name: (i: number) => string, place = 0) =>
  Array.from({ length: count }, (_, i) => [place, name(i)] as const);

describe('names of operations with ids in them', () => {
  test.each([
    ['GET /user/<*>', (i: number) => `GET /user/${i + 100}`],
    [
      'GET /orders/<*>/items',
      (i: number) => `GET /orders/8f3a${i}c1d-0000-4000-8000-00000000000${i % 10}/items`,
    ],
    ['poll <*>', (i: number) => `poll 2026-11-2${i % 10}T10:00:${i}`],
  ])('are one, %s', (masked, name) => {
    expect(new Set(namesOf(many(12, name)))).toEqual(new Set([masked]));
  });

  test('stay as they are where they are few, of several workloads, or differ in words', () => {
    const few = many(9, (i) => `GET /v${i}/100${i}`);
    const spread = [...many(6, (i) => `GET /user/${i}`), ...many(6, (i) => `GET /user/${i + 6}`, 1)];
    const words = many(26, (i) => `GET /${String.fromCharCode(97 + i)}`);
    for (const spans of [few, spread, words]) {
      expect(namesOf(spans)).toEqual(spans.map(([, name]) => name));
    }
  });

  test('are masked in their workload alone, and others of it are not', () => {
    const spans = [...many(10, (i) => `GET /user/${i}`), [0, 'GET /health2'], [1, 'GET /user/3']] as const;
    expect(namesOf(spans).slice(9)).toEqual(['GET /user/<*>', 'GET /health2', 'GET /user/3']);
  });
});
