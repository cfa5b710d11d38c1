import { expect, test } from 'vitest';
import { InputError } from '../telemetry/input-error.ts';
import { evaluate, type QueryResult } from './engine.ts';
import { Labels } from './labels.ts';
import { compileMatcher } from './matcher.ts';
import { MemorySource } from './memory-source.ts';

/** An automaton of 2,000 states that no text leaves: a second or more for each value. */
const slow = '(?i)(.?){1000}(.?){1000}y';

function answer(query: string, value: string): Promise<QueryResult> {
  const source = new MemorySource();
  source.add(Labels.from({ __name__: 'up', pod: value }), [{ timestamp: 0, value: 1 }]);
  return evaluate(query, { source, start: 0, end: 0, step: 0 });
}

test.each([`up{pod=~"${slow}"}`, `up{pod!~"${slow}"}`, `label_replace(up, "a", "$1", "pod", "${slow}")`])(
  '%s is refused for a value that it would take too long on',
  async (query) => {
    const error = await answer(query, 'x'.repeat(5_000)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InputError);
    expect(String(error)).toContain('A regular expression takes too long');
    expect(String(error)).not.toContain('xx');
  },
);

test('a pattern that took too long on other values is refused', () => {
  let time = 0;
  const matches = compileMatcher({ label: 'pod', op: '=~', value: 'cart-[0-9]+' }, () => {
    time += 900;
    return time;
  });
  expect([matches('cart-0'), matches('cart'), matches('cart-1')]).toEqual([true, false, true]);
  expect(() => matches('cart-2')).toThrow(InputError);
});

test('long lists of plain texts are none too long, nor are plain patterns on long values', async () => {
  const pods = Array.from({ length: 5_000 }, (_, i) => `10\\\\.0\\\\.0\\\\.${i}:9090`).join('|');
  expect(await answer(`up{pod=~"${pods}"}`, '10.0.0.77:9090')).toMatchObject({ result: [{ value: 1 }] });
  expect(await answer(`up{pod=~"${pods}"}`, '10.0.0x77:9090')).toMatchObject({ result: [] });
  expect(await answer('up{pod=~"(?i)A*.*"}', 'a'.repeat(65_536))).toMatchObject({ result: [{ value: 1 }] });
});
