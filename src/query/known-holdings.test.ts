import { expect, test } from 'vitest';
import { LimitError } from '../access/limit-error.ts';
import type { Limits, Principal } from '../access/principal.ts';
import { StoreError } from '../store/store-error.ts';
import type { Holdings } from './holdings.ts';
import { KnownHoldings } from './known-holdings.ts';

const principal = (limits: Limits = {}): Principal => ({ keyId: 'k', name: 'k', roles: ['query'], limits });
const some: Holdings = { logs: { oldest: 1n, newest: 2n }, traces: undefined, metrics: 'some' };
const none: Holdings = { logs: undefined, traces: undefined, metrics: undefined };

test('keys of equal limits share what is known, others do not, and it is asked again after a minute', async () => {
  const asked: Limits[] = [];
  let time = 0;
  const known = new KnownHoldings({
    queries: {
      holdings: async ({ principal: { limits } }) => {
        asked.push(limits);
        return limits.namespaces === undefined ? some : none;
      },
    },
    now: () => time,
  });
  expect(await known.of(principal())).toBe(some);
  expect(await known.of(principal())).toBe(some);
  expect(await known.of(principal({ namespaces: ['a'] }))).toBe(none);
  expect(await known.of(principal({ namespaces: ['a'] }))).toBe(none);
  expect(await known.of(principal({ clusters: ['a'] }))).toBe(some);
  expect(asked).toEqual([{}, { namespaces: ['a'] }, { clusters: ['a'] }]);
  time = 59_999;
  await known.of(principal());
  expect(asked).toHaveLength(3);
  time = 60_000;
  await known.of(principal());
  expect(asked).toHaveLength(4);
});

test('who starts does not wait for a slow store; the next one has what it told', async () => {
  let tell = (_: Holdings): void => {};
  const answer = new Promise<Holdings>((resolve) => {
    tell = resolve;
  });
  let asked = 0;
  const known = new KnownHoldings({
    queries: {
      holdings: () => {
        asked++;
        return answer;
      },
    },
    now: () => 0,
    waitMs: 1,
  });
  expect(await known.of(principal())).toBeUndefined();
  tell(some);
  expect(await known.of(principal())).toBe(some);
  expect(asked).toBe(1);
});

test.each([
  ['a store that fails', new StoreError('unavailable', 'x')],
  ['a key with too many queries', new LimitError('key_queries_at_once', 'x', 5)],
])('%s is no reason not to start, and is asked again', async (_, error) => {
  let fails = true;
  const known = new KnownHoldings({
    queries: {
      holdings: async () => {
        if (fails) throw error;
        return some;
      },
    },
    now: () => 0,
  });
  expect(await known.of(principal())).toBeUndefined();
  fails = false;
  expect(await known.of(principal())).toBe(some);
});
