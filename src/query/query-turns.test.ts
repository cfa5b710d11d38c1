import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { QueryTurns, type QueryTurnsOptions } from './query-turns.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Queries that end when they are told to; which have begun, in order. */
function start(options: Partial<QueryTurnsOptions> = {}) {
  const turns = new QueryTurns({ atOnce: 3, perKey: 2, waitMs: 10_000, ...options });
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const ask = (name: string, signal = new AbortController().signal): Promise<string> => {
    const [key = ''] = name;
    return turns.run(key, signal, () => {
      begun.push(name);
      return new Promise((resolve) => ends.set(name, () => resolve(name)));
    });
  };
  const end = async (name: string) => {
    ends.get(name)?.();
    await vi.advanceTimersByTimeAsync(0);
  };
  return { turns, begun, ask, end };
}

test('a key runs two at once, its others wait, and do not keep another key from running', async () => {
  const { turns, begun, ask, end } = start();
  const asked = ['a1', 'a2', 'a3', 'b1'].map((name) => ask(name));
  expect(begun).toEqual(['a1', 'a2', 'b1']);
  expect([turns.running, turns.waiting]).toEqual([3, 1]);
  await end('b1');
  expect(begun).toEqual(['a1', 'a2', 'b1']);
  await end('a2');
  expect(begun).toEqual(['a1', 'a2', 'b1', 'a3']);
  await end('a1');
  await end('a3');
  expect(await Promise.all(asked)).toEqual(['a1', 'a2', 'a3', 'b1']);
  expect([turns.running, turns.waiting]).toEqual([0, 0]);
});

test('keys are served in turn, whatever one of them has sent', async () => {
  const { begun, ask, end } = start({ atOnce: 1 });
  for (const name of ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1']) void ask(name);
  for (const name of ['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']) await end(name);
  expect(begun).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
});

describe('a query that may not run', () => {
  test('is refused when it has waited ten seconds, for the limit that it met', async () => {
    const refused: string[] = [];
    const { turns, ask } = start({ observe: (limit) => refused.push(limit) });
    for (const name of ['a1', 'a2', 'b1']) void ask(name);
    const ofKey = ask('a3');
    const ofServer = ask('b2');
    const settled = vi.fn();
    ofKey.catch(settled);
    ofServer.catch(() => {});
    await vi.advanceTimersByTimeAsync(9_999);
    expect(settled).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await expect(ofKey).rejects.toMatchObject({
      status: 429,
      headers: { 'Retry-After': '5' },
      message: expect.stringMatching(/^This key may run 2 queries at once, .* Try again in 5 s\.$/),
    });
    await expect(ofServer).rejects.toMatchObject({
      status: 503,
      message: expect.stringMatching(/^The server runs 3 queries at once, .* Try again in 5 s\.$/),
    });
    expect(refused).toEqual(['key_queries_at_once', 'queries_at_once']);
    expect([turns.running, turns.waiting]).toEqual([3, 0]);
  });

  test('is refused at once behind 64 of its key, while other keys may still wait', async () => {
    const { turns, ask } = start({ atOnce: 1 });
    for (let i = 0; i < 65; i++) ask(`a${i}`).catch(() => {});
    await expect(ask('a65')).rejects.toMatchObject({ status: 503 });
    ask('b1').catch(() => {});
    expect(turns.waiting).toBe(65);
  });

  test('stops waiting when its caller gives up', async () => {
    const { turns, begun, ask, end } = start({ atOnce: 1 });
    void ask('a1');
    const abort = new AbortController();
    const given = ask('b1', abort.signal);
    void ask('b2');
    abort.abort(new Error('gone'));
    await expect(given).rejects.toThrow('gone');
    expect(turns.waiting).toBe(1);
    await end('a1');
    expect(begun).toEqual(['a1', 'b2']);
    await expect(ask('c1', AbortSignal.abort(new Error('was gone')))).rejects.toThrow('was gone');
  });

  test('leaves its turn to the next one when it fails', async () => {
    const { turns } = start({ atOnce: 1 });
    const { signal } = new AbortController();
    const failing = turns.run('a', signal, () => Promise.reject(new Error('failed')));
    const next = turns.run('b', signal, async () => 'done');
    await expect(failing).rejects.toThrow('failed');
    expect(await next).toBe('done');
  });
});

test('the limits hold, nobody waits who may run, and all are served, whoever asks and ends when', async () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ asks: fc.constantFrom('a', 'b', 'c', 'd') }) },
    { weight: 2, arbitrary: fc.record({ ends: fc.nat() }) },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 3 }),
      fc.array(step, { maxLength: 60 }),
      async (atOnce, perKey, steps) => {
        const { turns, begun, ask, end } = start({ atOnce, perKey });
        const asked: string[] = [];
        const ended: string[] = [];
        const running = () => begun.filter((name) => !ended.includes(name));
        const check = () => {
          const keys = running().map(([key]) => key);
          expect(keys.length).toBeLessThanOrEqual(atOnce);
          for (const key of keys)
            expect(keys.filter((other) => other === key).length).toBeLessThanOrEqual(perKey);
          const waiting = asked.filter((name) => !begun.includes(name));
          expect([turns.running, turns.waiting]).toEqual([keys.length, waiting.length]);
          // Nobody waits who might run.
          for (const [key] of waiting) {
            const ofKey = keys.filter((other) => other === key).length;
            expect(keys.length === atOnce || ofKey === perKey).toBe(true);
          }
        };
        for (const one of steps) {
          if ('asks' in one) {
            const name = `${one.asks}${asked.length}`;
            asked.push(name);
            void ask(name);
          } else {
            const name = running()[one.ends % Math.max(1, running().length)];
            if (name !== undefined) {
              ended.push(name);
              await end(name);
            }
          }
          check();
        }
        while (running().length > 0) {
          const [name = ''] = running();
          ended.push(name);
          await end(name);
          check();
        }
        expect([...begun].sort()).toEqual([...asked].sort());
        for (const key of 'abcd') {
          const order = (names: readonly string[]) => names.filter((name) => name.startsWith(key));
          expect(order(begun)).toEqual(order(asked));
        }
      },
    ),
  );
});
