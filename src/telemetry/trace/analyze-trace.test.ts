import { describe, expect, test } from 'vitest';
import { analyzeTrace } from './analyze-trace.ts';
import { foldSpans } from './fold.ts';
import type { Span } from './span.ts';

type Times = readonly [start: number, end: number];

function span(spanId: string, parentSpanId: string, [start, end]: Times, more: Partial<Span> = {}): Span {
  return {
    spanId,
    parentSpanId,
    name: spanId,
    role: 'internal',
    cluster: '',
    namespace: 'shop',
    workload: 'checkout',
    pod: 'checkout-0',
    failed: false,
    message: '',
    protocol: '',
    returnCode: '',
    resource: '',
    peer: '',
    start,
    duration: end - start,
    ...more,
  };
}

const timesOf = (recorded: readonly Span[]) =>
  Object.fromEntries(
    analyzeTrace(recorded).spans.map(({ spanId, self, critical }) => [spanId, [self, critical]]),
  );

describe('self time and critical path', () => {
  test('children that overlap count once; the path goes through what ended last', () => {
    // root   |----------------------------------------| 0 to 100
    // a           |-----------|                         10 to 50
    // b                  |---------|                    40 to 70
    // c                               |-------|         75 to 95
    expect(
      timesOf([
        span('root', '', [0, 100]),
        span('a', 'root', [10, 50]),
        span('b', 'root', [40, 70]),
        span('c', 'root', [75, 95]),
      ]),
    ).toEqual({ root: [20, 20], a: [40, 30], b: [30, 30], c: [20, 20] });
  });

  test('what a child does after its parent has ended is its own, and not on the path', () => {
    expect(timesOf([span('root', '', [0, 100]), span('late', 'root', [80, 150])])).toEqual({
      root: [80, 80],
      late: [70, 20],
    });
  });

  test('a chain of 60,000 spans', () => {
    const chain = Array.from({ length: 60_000 }, (_, i) =>
      span(`s${i}`, i === 0 ? '' : `s${i - 1}`, [i, 120_000 - i]),
    );
    const { spans } = analyzeTrace(chain);
    expect(spans.reduce((sum, { self }) => sum + self, 0)).toBe(120_000);
    expect(spans.reduce((sum, { critical }) => sum + critical, 0)).toBe(120_000);
    expect(foldSpans(spans).at(-1)?.depth).toBe(59_999);
  });
});

describe('the gap between a call and what serves it', () => {
  const gapOf = (...recorded: readonly Span[]) =>
    analyzeTrace(recorded).spans.find(({ role }) => role === 'client' || role === 'producer')?.gap;
  const client = span('call', '', [0, 100], { role: 'client' });

  test('is split into before and after', () => {
    expect(gapOf(client, span('serve', 'call', [30, 90], { role: 'server' }))).toEqual({
      total: 40,
      before: 30,
      after: 10,
    });
  });

  test('has no split where the clocks differ, but its length', () => {
    expect(gapOf(client, span('serve', 'call', [-20, 40], { role: 'server' }))).toEqual({
      total: 40,
      before: undefined,
      after: undefined,
    });
  });

  test('goes from the first to the last of several servers', () => {
    expect(
      gapOf(
        client,
        span('one', 'call', [10, 40], { role: 'server' }),
        span('two', 'call', [50, 95], { role: 'server' }),
      ),
    ).toEqual({ total: 15, before: 10, after: 5 });
  });

  test('is not known where the server worked on after the call had ended, or is not recorded', () => {
    expect(gapOf(client, span('serve', 'call', [30, 400], { role: 'server' }))).toBeUndefined();
    expect(gapOf(client, span('internal', 'call', [30, 40]))).toBeUndefined();
  });

  test('of a message is the time in the queue', () => {
    expect(
      gapOf(
        span('send', '', [0, 5], { role: 'producer' }),
        span('work', 'send', [45, 60], { role: 'consumer' }),
      ),
    ).toEqual({ total: 40, before: 40, after: undefined });
  });
});

describe('broken traces', () => {
  test('missing parents, circles, duplicates, ids that are shared, clocks that differ', () => {
    const root = span('root', '', [10, 100]);
    const trace = analyzeTrace([
      root,
      { ...root },
      span('root', '', [20, 30], { name: 'another' }),
      span('orphan', 'gone', [20, 40]),
      span('early', 'root', [0, 120]),
      span('self', 'self', [1, 2]),
      span('x', 'z', [5, 6]),
      span('y', 'x', [6, 7]),
      span('z', 'y', [7, 8]),
    ]);
    expect(trace.duplicates).toBe(1);
    expect(trace.sharedIds).toBe(1);
    expect(
      Object.fromEntries(
        trace.spans
          .filter(({ detached, early }) => detached !== undefined || early > 0)
          .map(({ spanId, detached, early, late }) => [spanId, [detached, early, late]]),
      ),
    ).toEqual({
      orphan: ['missing parent', 0, 0],
      early: [undefined, 10, 20],
      self: ['circle', 0, 0],
      x: ['circle', 0, 0],
    });
  });
});

describe('folding', () => {
  test('siblings that differ in numbers, ids and quoted text alone; not those that fail', () => {
    const names = [
      'SELECT * FROM seat WHERE id = 7',
      'SELECT * FROM seat WHERE id = 8',
      'SELECT * FROM seat WHERE id = 9',
    ];
    const { spans } = analyzeTrace([
      span('root', '', [0, 100]),
      ...names.map((name, i) => span(`q${i}`, 'root', [10 * i, 10 * i + 5], { name })),
      span('failed', 'root', [50, 60], { name: names[0] ?? '', failed: true }),
      span('once', 'root', [70, 71], { name: 'commit' }),
      span('twice', 'root', [72, 73], { name: 'commit' }),
    ]);
    expect(foldSpans(spans).map(({ name, depth, spans: { length } }) => [depth, length, name])).toEqual([
      [0, 1, 'root'],
      [1, 3, 'SELECT * FROM seat WHERE id = *'],
      [1, 1, 'SELECT * FROM seat WHERE id = 7'],
      [1, 1, 'commit'],
      [1, 1, 'commit'],
    ]);
  });

  test('below a fold the children of all its spans', () => {
    const { spans } = analyzeTrace([
      span('root', '', [0, 100]),
      ...[0, 1, 2].flatMap((i) => [
        span(`call${i}`, 'root', [10 * i, 10 * i + 9], { name: 'call' }),
        span(`work${i}`, `call${i}`, [10 * i + 1, 10 * i + 8], { name: 'work' }),
      ]),
    ]);
    expect(foldSpans(spans).map(({ name, spans: { length } }) => [length, name])).toEqual([
      [1, 'root'],
      [3, 'call'],
      [3, 'work'],
    ]);
  });
});
