import { expect, test } from 'vitest';
import { LaneQueue } from './lane-queue.ts';

const any = { cheap: false, waitMs: 60_000 };
const cheap = { cheap: true, waitMs: 60_000 };

test('the last lane is kept for cheap tasks', async () => {
  const queue = new LaneQueue(['a', 'kept'], { kept: true, mostWaiting: 10 });
  expect(await queue.take(any)).toBe('a');
  const waiting = queue.take(any);
  expect(await queue.take(cheap)).toBe('kept');
  queue.give('kept');
  expect(await queue.take(cheap)).toBe('kept');
  queue.give('a');
  expect(await waiting).toBe('a');
});

test('a single lane serves all', async () => {
  const queue = new LaneQueue(['only'], { kept: true, mostWaiting: 10 });
  expect(await queue.take(any)).toBe('only');
});

test('those that wait are served in order, cheap ones first', async () => {
  const queue = new LaneQueue(['a'], { kept: false, mostWaiting: 10 });
  const order: string[] = [];
  await queue.take(any);
  const done = [
    queue.take(any).then(() => order.push('first')),
    queue.take(any).then(() => order.push('second')),
    queue.take(cheap).then(() => order.push('cheap')),
  ];
  for (const _ of done) queue.give('a');
  await Promise.all(done);
  expect(order).toEqual(['cheap', 'first', 'second']);
});

test('what waits too long, or finds the queue full, is refused with code 202', async () => {
  const queue = new LaneQueue(['a'], { kept: false, mostWaiting: 1 });
  await queue.take(any);
  const late = queue.take({ cheap: false, waitMs: 20 });
  await expect(queue.take(any)).rejects.toMatchObject({ code: 202, type: 'TOO_MANY_SIMULTANEOUS_QUERIES' });
  await expect(late).rejects.toMatchObject({ code: 202 });
  const next = queue.take(any);
  queue.give('a');
  expect(await next).toBe('a');
});

test('giving up while waiting leaves the lane to the next', async () => {
  const queue = new LaneQueue(['a'], { kept: false, mostWaiting: 10 });
  await queue.take(any);
  const controller = new AbortController();
  const aborted = queue.take({ ...any, signal: controller.signal });
  const next = queue.take(any);
  controller.abort(new Error('gone'));
  await expect(aborted).rejects.toThrow('gone');
  queue.give('a');
  expect(await next).toBe('a');
});

test('a lane can be replaced, the kept one too', async () => {
  const queue = new LaneQueue(['a', 'kept'], { kept: true, mostWaiting: 10 });
  await queue.take(any);
  await queue.take(cheap);
  queue.give('new', 'kept');
  const waiting = queue.take(any);
  expect(await queue.take(cheap)).toBe('new');
  queue.give('b', 'a');
  expect(await waiting).toBe('b');
});
