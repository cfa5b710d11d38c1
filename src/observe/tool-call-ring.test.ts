import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ToolCallRing } from './tool-call-ring.ts';

const start = Date.parse('2026-11-23T12:00:00Z');

test('calls are counted in the minute in which they end', () => {
  let now = start;
  const ring = new ToolCallRing(() => now);
  expect(ring.lastHour()).toEqual([]);
  ring.record('search-logs', false, 10);
  now += 59_999;
  ring.record('search-logs', true, 1_000);
  now += 1;
  ring.record('search-logs', false, 200);
  ring.record('analyze-logs', false, 5);

  const [analyze, search, ...others] = ring.lastHour();
  expect(others).toEqual([]);
  expect(analyze).toMatchObject({ tool: 'analyze-logs', calls: 1, errors: 0 });
  expect(search).toMatchObject({ tool: 'search-logs', calls: 3, errors: 1 });
  expect(search?.points).toHaveLength(60);
  expect(search?.points.map(([at]) => at)).toEqual(
    Array.from({ length: 60 }, (_, i) => start / 1000 - 58 * 60 + i * 60),
  );
  expect(
    search?.points.slice(0, 58).every(([, calls, errors, p95]) => calls + errors === 0 && p95 === null),
  ).toBe(true);
  expect(search?.points.at(-2)?.slice(1, 3)).toEqual([2, 1]);
  expect(search?.points.at(-1)?.slice(1, 3)).toEqual([1, 0]);
});

test('what is older than an hour is forgotten, also where its place is not taken', () => {
  let now = start;
  const ring = new ToolCallRing(() => now);
  ring.record('search-logs', false, 1);
  now += 59 * 60_000;
  expect(ring.lastHour()[0]?.points[0]?.slice(1, 3)).toEqual([1, 0]);
  now += 60_000;
  expect(ring.lastHour()).toEqual([]);
  now += 60_000;
  ring.record('search-logs', false, 1);
  expect(ring.lastHour()[0]?.calls).toBe(1);
});

test('quantiles are those of the nearest rank, to within 1.5 % with the rounding', () => {
  const duration = fc.double({ min: 0.02, max: 600_000, noNaN: true });
  fc.assert(
    fc.property(fc.array(duration, { minLength: 1, maxLength: 60 }), (durations) => {
      let now = start;
      const ring = new ToolCallRing(() => now);
      for (const ms of durations) {
        ring.record('search-logs', false, ms);
        now += 30_000;
      }
      const sorted = [...durations].sort((a, b) => a - b);
      const [summary] = ring.lastHour();
      for (const [q, shown] of [
        [0.5, summary?.p50_ms],
        [0.95, summary?.p95_ms],
      ] as const) {
        const expected = sorted[Math.ceil(q * sorted.length) - 1] ?? Number.NaN;
        expect(Math.abs((shown ?? Number.NaN) / expected - 1)).toBeLessThan(0.015);
      }
    }),
  );
});
