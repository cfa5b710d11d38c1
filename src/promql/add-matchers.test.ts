import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addMatchers, limitedSource } from './add-matchers.ts';
import { children, type Expr, type Matcher, type VectorSelector } from './ast.ts';
import { parseQuery } from './parser.ts';
import { printQuery } from './printer.ts';
import { seriesSet } from './series-set.ts';
import type { SeriesSource } from './series-source.ts';

const limit: readonly Matcher[] = [{ label: 'namespace', op: '=~', value: 'shop|cart' }];

describe('every selector is limited', () => {
  test.each([
    ['up', 'up{namespace=~"shop|cart"}'],
    ['{"my metric"}', '{namespace=~"shop|cart", __name__="my metric"}'],
    ['up{namespace="other"}', 'up{namespace=~"shop|cart", namespace="other"}'],
    ['rate(a[5m] offset 1h) / b @ 5', 'rate(a{L}[5m] offset 1h) / b{L} @ 5.000'],
    ['max_over_time(sum by (x) (rate(a[1m]))[1h:5m])', 'max_over_time(sum by (x) (rate(a{L}[1m]))[1h:5m])'],
    ['topk(scalar(a), b) unless -(c)', 'topk(scalar(a{L}), b{L}) unless -(c{L})'],
    ['quantile_over_time(scalar(q), a[5m])', 'quantile_over_time(scalar(q{L}), a{L}[5m])'],
    ['absent(a) or absent_over_time(b{x="y"}[5m])', 'absent(a{L}) or absent_over_time(b{L, x="y"}[5m])'],
    ['info(a, {version=~".+"})', 'info(a{L}, {L, version=~".+"})'],
    ['label_replace(a, "x", "$1", "y", "(.*)")', 'label_replace(a{L}, "x", "$1", "y", "(.*)")'],
    ['count_values("v", a) + on () vector(1)', 'count_values("v", a{L}) + on () vector(1)'],
    ['time() + 1', 'time() + 1'],
  ])('in %s', (query, expected) => {
    expect(printQuery(addMatchers(parseQuery(query), limit))).toBe(
      expected.replaceAll('{L}', '{namespace=~"shop|cart"}').replaceAll('{L, ', '{namespace=~"shop|cart", '),
    );
  });

  test('in every function and aggregation, however deep', () => {
    const wrap = fc.constantFrom<(inner: string) => string>(
      (inner) => `sum(${inner})`,
      (inner) => `topk(scalar(${inner}), x)`,
      (inner) => `(${inner}) + on (a) group_left b`,
      (inner) => `max_over_time((${inner})[5m:1m])`,
      (inner) => `-abs(${inner})`,
      (inner) => `clamp(y, scalar(${inner}), 5)`,
      (inner) => `info(${inner}, {v=~".+"})`,
    );
    fc.assert(
      fc.property(fc.array(wrap, { maxLength: 6 }), (wraps) => {
        const query = wraps.reduce((inner, outer) => outer(inner), 'rate(a[5m])');
        const before = selectors(parseQuery(query));
        const after = selectors(parseQuery(printQuery(addMatchers(parseQuery(query), limit))));
        expect(after).toHaveLength(before.length);
        for (const { matchers } of after) expect(matchers).toContainEqual(limit[0]);
      }),
    );
  });
});

test('places stay those of the text', () => {
  const { span } = addMatchers(parseQuery('sum(up)'), limit);
  expect(span).toEqual({ start: 0, end: 7 });
});

test('info() without labels is refused, as it would read other info metrics', () => {
  expect(() => addMatchers(parseQuery('sum(info(up))'), limit)).toThrow('info() must name the labels to add');
  expect(printQuery(addMatchers(parseQuery('info(up)'), []))).toBe('info(up)');
});

test('a limited source puts its matchers in front of those of each selection', async () => {
  const asked: (readonly Matcher[])[] = [];
  const source: SeriesSource = {
    select: async (matchers) => {
      asked.push(matchers);
      return seriesSet([]);
    },
  };
  const own: Matcher = { label: '__name__', op: '=', value: 'up' };
  const hints = { step: 0, range: 0, func: '', maxSamples: 1, maxSeries: 1 };
  await limitedSource(source, limit).select([own], { from: 0, to: 1 }, hints, new AbortController().signal);
  expect(asked).toEqual([[...limit, own]]);
});

function selectors(expr: Expr): readonly VectorSelector[] {
  return expr.kind === 'vectorSelector' ? [expr] : children(expr).flatMap(selectors);
}
