import { describe, expect, test } from 'vitest';
import { parsePoints } from './points.ts';
import { parseStartOffsets } from './start-offsets.ts';

function values(text: string): readonly (number | string | undefined)[] {
  return parsePoints(text).map((point) => {
    if (point === undefined || point.histogram !== undefined) return undefined;
    return point.stale ? 'stale' : point.value;
  });
}

test.each([
  ['1 2 3', [1, 2, 3]],
  ['1+2x3', [1, 3, 5, 7]],
  ['10-2.5x2', [10, 7.5, 5]],
  ['5x2', [5, 5, 5]],
  ['0x0', [0]],
  ['-1-1x2', [-1, -2, -3]],
  ['_ 1 _x2 stale', [undefined, 1, undefined, undefined, 'stale']],
  ['Inf -Inf +Inf NaN', [Infinity, -Infinity, Infinity, Number.NaN]],
  ['1e-3+1e+2x1 .5', [0.001, 100.001, 0.5]],
  ['', []],
])('%s', (text, expected) => {
  expect(values(text)).toEqual(expected);
});

test.each(['1+2', 'x3', '1x', 'foo', '1+x2', '{{schema:1', '{{sum:1}}+{{sum:1}}', '_y'])(
  '%s is no series of points',
  (text) => {
    expect(() => parsePoints(text)).toThrow(SyntaxError);
  },
);

describe('a histogram', () => {
  test('has what is written, and nothing else', () => {
    const text =
      '{{schema:1 sum:-3.5 count:22 z_bucket:2 z_bucket_w:0.001 offset:-2 buckets:[5 10 7] ' +
      'n_offset:3 n_buckets:[1 0.5] counter_reset_hint:gauge}}';
    const [point] = parsePoints(text);
    expect(point?.histogram).toEqual({
      hint: 'gauge',
      schema: 1,
      sum: -3.5,
      count: 22,
      zeroCount: 2,
      zeroThreshold: 0.001,
      positive: { indices: Int32Array.of(-2, -1, 0), counts: Float64Array.of(5, 10, 7) },
      negative: { indices: Int32Array.of(3, 4), counts: Float64Array.of(1, 0.5) },
      customValues: new Float64Array(0),
    });
    expect(point).toMatchObject({ hasHint: true });
    expect(parsePoints('{{}}')).toMatchObject([{ hasHint: false, histogram: { schema: 0, count: 0 } }]);
  });

  test('repeats, grows and falls', () => {
    const counts = (text: string): readonly (number | undefined)[] =>
      parsePoints(text).map((point) => point?.histogram?.count);
    expect(counts('{{count:4 sum:2}}x2')).toEqual([4, 4, 4]);
    expect(counts('{{count:4 sum:2}}+{{count:1 sum:1}}x2')).toEqual([4, 5, 6]);
    expect(counts('{{count:4 sum:2}}-{{count:1 sum:1}}x2 {{count:9}} _')).toEqual([4, 3, 2, 9, undefined]);
  });

  test.each(['{{schema}}', '{{sum:1 sum:2}}', '{{size:4}}', '{{buckets:5}}', '{{counter_reset_hint:maybe}}'])(
    '%s is none',
    (text) => {
      expect(() => parsePoints(text)).toThrow(SyntaxError);
    },
  );
});

test('start timestamps are offsets in milliseconds', () => {
  expect(parseStartOffsets('_ -30s-1mx2 _x2 0 1ms-1mx1 -59999msx1')).toEqual([
    ...[undefined, -30_000, -90_000, -150_000],
    ...[undefined, undefined, 0, 1, -59_999, -59_999, -59_999],
  ]);
  expect(() => parseStartOffsets('5m+x2')).toThrow(SyntaxError);
});
