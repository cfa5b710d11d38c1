import { expect, test } from 'vitest';
import { EvaluationQueue } from './evaluation-queue.ts';

/** An evaluation that ends when it is told to. */
function pending() {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  let started = false;
  const evaluate = (): Promise<void> => {
    started = true;
    return ended;
  };
  return { evaluate, end: () => end(), started: () => started };
}

const minute = { waitMs: 60_000 };

test('lets so many run at once, and the next when one has ended, or failed', async () => {
  const queue = new EvaluationQueue({ atOnce: 2, mostWaiting: 2 });
  const [first, second, third] = [pending(), pending(), pending()];
  const runs = [first, second, third].map(({ evaluate }) => queue.run(evaluate, minute));
  const failing = queue.run(() => Promise.reject(new Error('no series')), minute);
  await expect.poll(() => [first.started(), second.started()]).toEqual([true, true]);
  expect(third.started()).toBe(false);
  first.end();
  await runs[0];
  third.end();
  second.end();
  await Promise.all(runs);
  await expect(failing).rejects.toThrow('no series');
  expect(await queue.run(async () => 7, minute)).toBe(7);
});

test('is busy where too many wait, and for one that waited long enough', async () => {
  const queue = new EvaluationQueue({ atOnce: 1, mostWaiting: 1 });
  const running = pending();
  const run = queue.run(running.evaluate, minute);
  const waiting = queue.run(async () => 1, { waitMs: 20 });
  await expect(queue.run(async () => 2, minute)).rejects.toMatchObject({ kind: 'busy' });
  await expect(waiting).rejects.toMatchObject({ kind: 'busy' });
  running.end();
  await run;
});

test('leaves out one whose caller gave up', async () => {
  const queue = new EvaluationQueue({ atOnce: 1, mostWaiting: 1 });
  const [running, given] = [pending(), pending()];
  const run = queue.run(running.evaluate, minute);
  const caller = new AbortController();
  const waiting = queue.run(given.evaluate, { ...minute, signal: caller.signal });
  caller.abort(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
  running.end();
  await run;
  expect(given.started()).toBe(false);
});
