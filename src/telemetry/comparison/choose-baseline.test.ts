import { expect, it } from 'vitest';
import { nearestBaseline } from './choose-baseline.ts';

const at = (...starts: number[]) => starts.map((start) => ({ start, records: 100 }));

it('is the time right before, where that holds data', () => {
  expect(nearestBaseline({ from: 100, to: 120 }, at(70, 80, 90, 100, 110), 10)).toEqual({
    from: 80,
    to: 100,
  });
});

it('is the nearest slab of a recording with gaps', () => {
  expect(nearestBaseline({ from: 100, to: 120 }, at(10, 20, 30, 40, 100, 110), 10)).toEqual({
    from: 30,
    to: 50,
  });
});

it('takes no time with a few stray records', () => {
  const stray = { start: 90, records: 3 };
  expect(nearestBaseline({ from: 100, to: 120 }, [...at(20, 30, 100, 110), stray], 10)).toEqual({
    from: 20,
    to: 40,
  });
});

it('is none where nothing is earlier', () => {
  expect(nearestBaseline({ from: 100, to: 120 }, at(100, 110), 10)).toBeUndefined();
  expect(nearestBaseline({ from: 100, to: 120 }, [], 10)).toBeUndefined();
});
