import { expect, it } from 'vitest';
import { baselineCandidates } from './choose-baseline.ts';

const at = (...starts: number[]) => starts.map((start) => ({ start, records: 100 }));

it('is the time right before, where that holds data', () => {
  expect(baselineCandidates({ from: 100, to: 120 }, at(70, 80, 90, 100, 110), 10)[0]).toEqual({
    from: 80,
    to: 100,
  });
});

it('is the nearest slab of a recording with gaps', () => {
  expect(baselineCandidates({ from: 100, to: 120 }, at(10, 20, 30, 40, 100, 110), 10)[0]).toEqual({
    from: 30,
    to: 50,
  });
});

it('takes no time with a few stray records', () => {
  const stray = { start: 90, records: 3 };
  expect(baselineCandidates({ from: 100, to: 120 }, [...at(20, 30, 100, 110), stray], 10)[0]).toEqual({
    from: 20,
    to: 40,
  });
});

it('is none where nothing is earlier', () => {
  expect(baselineCandidates({ from: 100, to: 120 }, at(100, 110), 10)[0]).toBeUndefined();
  expect(baselineCandidates({ from: 100, to: 120 }, [], 10)[0]).toBeUndefined();
});
