import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BodyShape, findPatterns } from './log-patterns.ts';
import { minePatterns } from './mine.ts';
import { readShape, shapeText, valuePattern, wildcard } from './shape.ts';

const mask = (body: string): string => body.replace(new RegExp(valuePattern, 'g'), wildcard);

function templatesOf(bodies: readonly string[]): string[] {
  return minePatterns(bodies.map(mask)).map(({ template }) => template);
}

describe('values', () => {
  test.each([
    ['took 12ms, then 1.5 s at 10.2.0.1:8080', 'took <*>, then <*> s at <*>'],
    ['at 2026-01-02T03:04:05.123Z 16:42:09,486', 'at <*> <*>,<*>'],
    ['order 6F9619FF-8B86-D011-B42D-00C04FC964FF', 'order <*>'],
    ['trace abcdef0123456789 of user12345', 'trace <*> of <*>'],
    ['pod cart-7d9f8b6c5d-x2x9z', 'pod cart-<*>'],
    ['t.c.Travel2Controller: log4j says http2', 't.c.Travel2Controller: log4j says http2'],
    ['no bad facade', 'no bad facade'],
    ['- [30/Nov/2026:13:00:00 +0000] "GET', '- [<*> +<*>] "GET'],
    ['Nov 30 13:00:01 host sshd', '<*> <*> host sshd'],
    ['Dec  1 13:00:01 host sshd', '<*> <*> host sshd'],
    ['[Wed Nov 23 13:10:49.123456 2026] [error]', '[<*> <*> <*>] [error]'],
    ['Date: Mon, 23 Nov 2026 11:41:06 GMT', 'Date: <*> <*> GMT'],
    ['on 3 December 2026, Sunday', 'on <*>, Sunday'],
    ['May the Monitor march on', 'May the Monitor march on'],
  ])('of %s are told from words by their looks', (body, masked) => {
    expect(mask(body)).toBe(masked);
  });

  test('in a row are one', () => {
    expect(shapeText(readShape('ids [<*>, <*>, <*>] at <*> <*>,<*>'))).toBe('ids [<*>] at <*>');
    expect(shapeText(readShape('{"items":["sku-<*>","sku-<*>","sku-<*>"]}'))).toBe('{"items":["sku-<*>"]}');
    expect(shapeText(readShape("for a-<*>; a-<*>; b-<*>, '<*>', '<*>'"))).toBe("for a-<*>; b-<*>, '<*>'");
  });
});

describe('patterns', () => {
  test('have a wildcard where a word has many values', () => {
    const users = ['alice', 'bob', 'carol', 'dave'];
    expect(templatesOf(users.map((user) => `user ${user} logged in after 3s`))).toEqual([
      'user <*> logged in after <*>',
    ]);
  });

  test('keep words apart that have few values', () => {
    expect(templatesOf(['worker pool has started', 'worker pool has stopped'])).toEqual([
      'worker pool has started',
      'worker pool has stopped',
    ]);
  });

  test('of JSON keep its keys', () => {
    const bodies = ['ann', 'ben', 'cat', 'dan'].map(
      (user, i) => `{"msg":"order placed","user":"${user}","amount":${i}}`,
    );
    expect(templatesOf(bodies)).toEqual(['{"msg":"order placed","user":"<*>","amount":<*>}']);
  });
});

const word = fc.constantFrom('user', 'order', 'failed', 'ok', 'alice', 'bob', 'to', wildcard, 'x=<*>', '[a]');
const masked = fc.array(word, { maxLength: 6 }).map((words) => words.join(' '));

describe('rows', () => {
  const shape = fc
    .record({
      rows: fc.nat(1000),
      baseline: fc.nat(1000),
      level: fc.constantFrom('INFO', 'ERROR', ''),
      workload: fc.constantFrom('cart', 'checkout'),
    })
    .filter(({ rows, baseline }) => rows + baseline > 0);
  const shapes = fc.uniqueArray(masked, { maxLength: 40 }).chain((texts) =>
    fc.array(shape, { minLength: texts.length, maxLength: texts.length }).map((of) =>
      texts.map((text, i): BodyShape => {
        const { rows, baseline, level, workload } = of[i] ?? {
          rows: 1,
          baseline: 0,
          level: '',
          workload: '',
        };
        const seen = (count: number) => ({
          rows: count,
          first: count === 0 ? 0n : BigInt(i + 1),
          last: count === 0 ? 0n : BigInt(i + 100),
          buckets: new Map(count === 0 ? [] : [[i % 30, count]]),
        });
        return {
          masked: text,
          example: text,
          exampleRest: 0,
          window: seen(rows),
          baseline: seen(baseline),
          levels: new Map([[level, rows || baseline]]),
          workloads: new Map([[workload, rows || baseline]]),
        };
      }),
    ),
  );
  const spread = { window: 60, baseline: 120, bucket: 2 };
  const sum = (counts: readonly number[]): number => counts.reduce((all, one) => all + one, 0);

  test('are each in one pattern, whatever the order they come in', () => {
    fc.assert(
      fc.property(shapes, (given) => {
        const patterns = findPatterns(given, spread);
        expect(sum(patterns.map(({ window }) => window.rows))).toBe(
          sum(given.map(({ window }) => window.rows)),
        );
        expect(sum(patterns.map(({ baseline }) => baseline.rows))).toBe(
          sum(given.map(({ baseline }) => baseline.rows)),
        );
        for (const { window, baseline, levels, workloads } of patterns) {
          const seen = window.rows > 0 ? window : baseline;
          expect(sum(levels.map(([, rows]) => rows))).toBe(seen.rows);
          expect(sum(workloads.map(([, rows]) => rows))).toBe(seen.rows);
          expect(sum([...seen.buckets.values()])).toBe(seen.rows);
        }
        expect(new Set(patterns.map(({ template }) => template)).size).toBe(patterns.length);
        expect(findPatterns([...given].reverse(), spread)).toEqual(patterns);
      }),
    );
  });

  test('of a text are all its members, and texts are members of one pattern', () => {
    fc.assert(
      fc.property(fc.uniqueArray(masked, { maxLength: 60 }), (texts) => {
        const indices = minePatterns(texts).flatMap(({ members }) => members);
        expect(indices.sort((a, b) => a - b)).toEqual(texts.map((_, i) => i));
      }),
    );
  });
});
