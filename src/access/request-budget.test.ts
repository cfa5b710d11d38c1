import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LimitError } from './limit-error.ts';
import { RequestBudget } from './request-budget.ts';

function start(perMinute: number) {
  const clock = { ms: 1_000_000 };
  const refused: string[] = [];
  const budget = new RequestBudget({
    perMinute,
    elapsed: () => clock.ms,
    observe: (limit) => refused.push(limit),
  });
  /** Seconds to wait; 0 where the request was taken. */
  const take = (key = 'alice'): number => {
    try {
      budget.take(key);
      return 0;
    } catch (error) {
      if (!(error instanceof LimitError)) throw error;
      return Number(error.headers['Retry-After']);
    }
  };
  return { budget, clock, take, refused };
}

describe('sixty a minute', () => {
  test('are sixty at once, and then one a second', () => {
    const { clock, take, refused } = start(60);
    expect(Array.from({ length: 61 }, () => take())).toEqual([...Array.from({ length: 60 }, () => 0), 1]);
    clock.ms += 999;
    expect(take()).toBe(1);
    clock.ms += 1;
    expect([take(), take()]).toEqual([0, 1]);
    clock.ms += 3_600_000;
    expect(Array.from({ length: 61 }, () => take()).filter((wait) => wait === 0)).toHaveLength(60);
    expect(refused).toEqual(Array.from({ length: 4 }, () => 'key_requests_per_minute'));
  });

  test('are those of each key', () => {
    const { take } = start(60);
    for (let i = 0; i < 60; i++) take('alice');
    expect([take('alice'), take('bob')]).toEqual([1, 0]);
  });
});

test('what is refused says which limit it was, and when to try again', () => {
  const { budget, take } = start(2);
  take();
  take();
  expect(() => budget.take('alice')).toThrow(
    expect.objectContaining({
      status: 429,
      headers: { 'Retry-After': '30' },
      message: 'This key may send 2 requests a minute, and has sent them. Try again in 30 s.',
    }),
  );
});

test('keys whose bucket is full again are forgotten', () => {
  const { budget, clock, take } = start(10);
  for (let i = 0; i < 100_000; i++) {
    clock.ms += 100;
    take(`key ${i}`);
  }
  expect(budget.size).toBeLessThanOrEqual(1_024);
});

/** The bucket as it is told: tokens that drop in at an even rate, as exact fractions of 60,000. */
function modelOf(perMinute: number, startMs: number) {
  const whole = 60_000n;
  const most = BigInt(perMinute) * whole;
  const buckets = new Map<string, { tokens: bigint; at: number }>();
  return (key: string, ms: number): number => {
    const before = buckets.get(key) ?? { tokens: most, at: startMs };
    const grown = before.tokens + BigInt(ms - before.at) * BigInt(perMinute);
    const tokens = grown > most ? most : grown;
    const taken = tokens >= whole;
    buckets.set(key, { tokens: taken ? tokens - whole : tokens, at: ms });
    if (taken) return 0;
    const missing = whole - tokens;
    const perSecond = 1_000n * BigInt(perMinute);
    return Number((missing + perSecond - 1n) / perSecond);
  };
}

test('any requests at any times are answered as a bucket of tokens would', () => {
  const request = fc.record({
    key: fc.constantFrom('alice', 'bob', 'carol'),
    waited: fc.oneof(
      fc.constant(0),
      fc.integer({ min: 0, max: 5_000 }),
      fc.integer({ min: 0, max: 200_000 }),
    ),
    times: fc.integer({ min: 1, max: 20 }),
  });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 700 }),
      fc.array(request, { maxLength: 60 }),
      (perMinute, requests) => {
        const { clock, take } = start(perMinute);
        const expected = modelOf(perMinute, clock.ms);
        for (const { key, waited, times } of requests) {
          clock.ms += waited;
          for (let i = 0; i < times; i++) expect(take(key)).toBe(expected(key, clock.ms));
        }
      },
    ),
    { numRuns: 300 },
  );
});
