import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchMemory } from './memory-watch.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function watch() {
  const events: string[] = [];
  const memory = { residentBytes: 0 };
  const stop = watchMemory({
    limitBytes: 1_000,
    residentBytes: () => memory.residentBytes,
    onExceeded: () => events.push('exceeded'),
    onHopeless: () => events.push('hopeless'),
  });
  return { events, memory, stop };
}

test('up to one and a half times the limit nothing happens', () => {
  const { events, memory } = watch();
  memory.residentBytes = 1_500;
  vi.advanceTimersByTime(60_000);
  expect(events).toEqual([]);
});

test('above it queries are ended once, and the process after ten looks', () => {
  const { events, memory } = watch();
  memory.residentBytes = 1_501;
  vi.advanceTimersByTime(9_000);
  expect(events).toEqual(['exceeded']);
  vi.advanceTimersByTime(60_000);
  expect(events).toEqual(['exceeded', 'hopeless']);
});

test('memory that comes back is forgiven', () => {
  const { events, memory } = watch();
  memory.residentBytes = 2_000;
  vi.advanceTimersByTime(9_000);
  memory.residentBytes = 1_000;
  vi.advanceTimersByTime(1_000);
  memory.residentBytes = 2_000;
  vi.advanceTimersByTime(9_000);
  expect(events).toEqual(['exceeded', 'exceeded']);
});

test('after the stop nothing is watched', () => {
  const { events, memory, stop } = watch();
  stop();
  memory.residentBytes = 2_000;
  vi.advanceTimersByTime(60_000);
  expect(events).toEqual([]);
});
