import type { Attributes } from '../../store/rows/record.ts';

/** Few pairs are compared with one another faster than they are put into a Map. */
const fewPairs = 16;

/** Each key once, with its last value: OTLP leaves open what a repeated key means. */
export function withoutRepeatedKeys(pairs: readonly string[]): Attributes {
  if (pairs.length > fewPairs * 2) return fromMap(pairs);
  for (let i = 2; i < pairs.length; i += 2) {
    for (let j = 0; j < i; j += 2) {
      if (pairs[i] === pairs[j]) return fromMap(pairs);
    }
  }
  return pairs;
}

function fromMap(pairs: readonly string[]): Attributes {
  const values = new Map<string, string>();
  for (let i = 0; i < pairs.length; i += 2) values.set(pairs[i] ?? '', pairs[i + 1] ?? '');
  return values.size * 2 === pairs.length ? pairs : [...values].flat();
}
