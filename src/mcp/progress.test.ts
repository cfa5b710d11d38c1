import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { reportProgress } from './progress.ts';

const log = pino({ level: 'silent' });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('a client that asked hears every second, until the call ends', async () => {
  const notify = vi.fn(async () => {});
  const stop = reportProgress({ _meta: { progressToken: 0 }, notify }, log);
  vi.advanceTimersByTime(2999);
  const progress = (seconds: number) => ({
    method: 'notifications/progress',
    params: { progressToken: 0, progress: seconds, message: `${seconds} s` },
  });
  expect(notify.mock.calls).toEqual([[progress(1)], [progress(2)]]);
  stop();
  vi.advanceTimersByTime(10_000);
  expect(notify).toHaveBeenCalledTimes(2);
});

test('a client that did not ask hears nothing', () => {
  const notify = vi.fn(async () => {});
  reportProgress({ notify }, log);
  reportProgress({ _meta: {}, notify }, log);
  vi.advanceTimersByTime(10_000);
  expect(notify).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});

test('a client that has gone is no failure', async () => {
  const notify = vi.fn(() => Promise.reject(new Error('gone')));
  const stop = reportProgress({ _meta: { progressToken: 'a' }, notify }, log);
  await vi.advanceTimersByTimeAsync(2000);
  expect(notify).toHaveBeenCalledTimes(2);
  stop();
});
