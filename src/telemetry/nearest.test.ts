import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearest } from './nearest.ts';

const fields = ['namespace', 'pod_name', 'node_name', 'level', 'body', 'body_length', 'service', 'trace_id'];

test.each([
  ['namespce', ['namespace']],
  ['namepsace', ['namespace']],
  ['Namespace', ['namespace']],
  ['pod.name', ['pod_name', 'node_name']],
  ['traceId', ['trace_id']],
  ['levle', ['level']],
  ['bod', ['body', 'body_length']],
  ['xyzzy', []],
  ['', []],
  ['___', []],
])('%s', (name, expected) => {
  expect(nearest(name, fields)).toEqual(expected);
});

test('gives no more than the limit, the nearest first, each once', () => {
  expect(nearest('value', ['valueX', 'valueXY', 'value', 'values', 'value'], 2)).toEqual(['value', 'valueX']);
});

test('a name that holds the wanted one comes after a typing mistake', () => {
  expect(nearest('status', ['http_status_code', 'statsu'])).toEqual(['statsu', 'http_status_code']);
});

/** Optimal string alignment over the whole matrix: what the banded one must agree with. */
function distance(a: string, b: string): number {
  const d: number[][] = [];
  for (let i = 0; i <= a.length; i++) {
    const row: number[] = [];
    d.push(row);
    for (let j = 0; j <= b.length; j++) {
      if (i === 0 || j === 0) {
        row.push(i + j);
        continue;
      }
      const get = (di: number, dj: number) => d[i - di]?.[j - dj] ?? Number.NaN;
      const costs = [get(1, 0) + 1, get(0, 1) + 1, get(1, 1) + (a[i - 1] === b[j - 1] ? 0 : 1)];
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) costs.push(get(2, 2) + 1);
      row.push(Math.min(...costs));
    }
  }
  return d[a.length]?.[b.length] ?? Number.NaN;
}

test('finds a name exactly within the edits that its length allows', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 16 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      const allowed = Math.min(4, Math.max(1, Math.floor(a.length / 3)));
      const holds = Math.min(a.length, b.length) >= 3 && (a.includes(b) || b.includes(a));
      expect(nearest(a, [b]).length === 1).toBe(distance(a, b) <= allowed || holds);
    }),
    { numRuns: 2000 },
  );
});

test('takes long names and many of them', () => {
  const many = Array.from({ length: 10_000 }, (_, i) => `attribute.number.${i}`);
  expect(nearest('attribute.numbr.4711', many, 1)).toEqual(['attribute.number.4711']);
  expect(nearest('x'.repeat(100_000), ['x'.repeat(99_999)])).toHaveLength(1);
});
