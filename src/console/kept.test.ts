import { expect, test } from 'vitest';
import { Kept } from './kept.ts';

function start() {
  const clock = { now: 0 };
  const kept = new Kept<number>(() => clock.now);
  let asked = 0;
  const ask = (asker: string, takesMs = 0, fails = false) =>
    kept.get(asker, async () => {
      asked += 1;
      const answer = asked;
      clock.now += takesMs;
      await Promise.resolve();
      if (fails) throw new Error('away');
      return answer;
    });
  return { clock, ask };
}

test('an answer is given for 2 s, to each asker its own', async () => {
  const { clock, ask } = start();
  expect(await Promise.all([ask('a'), ask('a'), ask('b')])).toEqual([1, 1, 2]);
  clock.now = 1_999;
  expect(await ask('a')).toBe(1);
  clock.now = 2_000;
  expect(await ask('a')).toBe(3);
});

test('one that took long is given for 20 times as long', async () => {
  const { clock, ask } = start();
  expect(await ask('a', 1_000)).toBe(1);
  clock.now = 20_999;
  expect(await ask('a')).toBe(1);
  clock.now = 21_000;
  expect(await ask('a')).toBe(2);
});

test('a failure is not kept', async () => {
  const { ask } = start();
  await expect(ask('a', 1_000, true)).rejects.toThrow('away');
  expect(await ask('a')).toBe(2);
});

test('only so many are kept', async () => {
  const { ask } = start();
  for (let i = 1; i <= 101; i++) expect(await ask(`asker ${i}`)).toBe(i);
  expect(await ask('asker 2')).toBe(2);
  expect(await ask('asker 1')).toBe(102);
});
