import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Buckets,
  bucketsFrom,
  CUSTOM_BUCKETS_SCHEMA,
  createHistogram,
  type Histogram,
} from '../../promql/histogram.ts';
import { decodeHistogram, encodeHistogram } from './histogram-bytes.ts';

const wholeCounts = fc.oneof(fc.nat(300), fc.maxSafeNat());
const indices = fc
  .uniqueArray(fc.oneof(fc.integer({ min: -300, max: 300 }), fc.integer()), { maxLength: 40 })
  .map((list) => list.sort((a, b) => a - b));
const bucketsOf = (counts: fc.Arbitrary<number>): fc.Arbitrary<Buckets> =>
  indices.chain((list) =>
    fc
      .array(counts, { minLength: list.length, maxLength: list.length })
      .map((values) => ({ indices: Int32Array.from(list), counts: Float64Array.from(values) })),
  );

const histogramsOf = (counts: fc.Arbitrary<number>): fc.Arbitrary<Histogram> =>
  fc
    .record({
      hint: fc.constantFrom('unknown', 'reset', 'not_reset', 'gauge'),
      schema: fc.oneof(fc.integer({ min: -4, max: 8 }), fc.constant(CUSTOM_BUCKETS_SCHEMA)),
      zeroThreshold: fc.double({ min: 0 }),
      zeroCount: counts,
      count: counts,
      sum: fc.double(),
      positive: bucketsOf(counts),
      negative: bucketsOf(counts),
      bounds: fc.array(fc.double({ noNaN: true }), { maxLength: 20 }),
    })
    .map(({ bounds, ...parts }) =>
      createHistogram(
        parts.schema === CUSTOM_BUCKETS_SCHEMA
          ? { ...parts, customValues: Float64Array.from(bounds.sort((a, b) => a - b)) }
          : parts,
      ),
    );
const histograms = fc.oneof(histogramsOf(wholeCounts), histogramsOf(fc.double()));

describe('a histogram as bytes', () => {
  test('is the same when it is read again', () => {
    fc.assert(
      fc.property(histograms, (histogram) => {
        expect(decodeHistogram(encodeHistogram(histogram))).toEqual(histogram);
      }),
      { numRuns: 2000 },
    );
  });

  test('has the documented form', () => {
    const histogram = createHistogram({
      hint: 'gauge',
      schema: -1,
      zeroThreshold: 0.5,
      zeroCount: 1,
      count: 200,
      sum: -2,
      positive: bucketsFrom(-1, [3, 4]),
      negative: { indices: Int32Array.of(5, 8), counts: Float64Array.of(0, 192) },
    });
    expect(Buffer.from(encodeHistogram(histogram)).toString('hex')).toBe(
      '01' + // version
        '07' + // gauge (3), whole counts (4)
        'ff' + // schema −1
        '000000000000e03f' + // 0.5
        '00000000000000c0' + // −2
        'c801' + // 200
        '01' +
        '02' + // two positive buckets: −1, none between, 0
        '0100' +
        '0304' +
        '02' + // two negative buckets: 5, two between, 8
        '0a02' +
        '00c001',
    );
  });

  test('holds counts that are no whole numbers, infinite sums and NaN', () => {
    for (const sum of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0]) {
      const histogram = createHistogram({
        sum,
        count: 0.1,
        zeroCount: -0,
        positive: bucketsFrom(1, [1e300]),
      });
      expect(decodeHistogram(encodeHistogram(histogram))).toEqual(histogram);
    }
  });
});

describe('bytes that are no histogram', () => {
  test('are refused, wherever they are cut off and whatever follows', () => {
    fc.assert(
      fc.property(histograms, fc.double({ min: 0, max: 1, maxExcluded: true }), (histogram, share) => {
        const bytes = encodeHistogram(histogram);
        expect(() => decodeHistogram(bytes.subarray(0, Math.floor(bytes.length * share)))).toThrow(
          'histogram',
        );
        expect(() => decodeHistogram(Uint8Array.of(...bytes, 0))).toThrow('malformed');
      }),
    );
  });

  test('never make a histogram that could not be written', () => {
    const first = fc.tuple(fc.constant(1), fc.nat(7), fc.constantFrom(0, 8, 252, 203));
    fc.assert(
      fc.property(first, fc.uint8Array({ maxLength: 80 }), (start, rest) => {
        let histogram: Histogram;
        try {
          histogram = decodeHistogram(Uint8Array.of(...start, ...rest));
        } catch (error) {
          expect(error).toEqual(expect.objectContaining({ message: expect.stringContaining('histogram') }));
          return;
        }
        expect(decodeHistogram(encodeHistogram(histogram))).toEqual(histogram);
      }),
      { numRuns: 5000 },
    );
  });

  const header = [1, 4, 0, ...new Array(16).fill(0), 0, 0];
  test.each([
    ['an unknown version', [2, ...header.slice(1)], 'version 2'],
    ['unknown flags', [1, 8, ...header.slice(2)], 'flags 8'],
    ['an unknown schema', [1, 4, 9, ...header.slice(3)], 'schema 9'],
    ['more buckets than there is room for', [...header, 0xff, 0xff, 0xff, 0xff, 0x0f], 'malformed'],
    ['an index past 2^31', [...header, 1, 0xff, 0xff, 0xff, 0xff, 0x7f, 0, 0], 'malformed'],
    ['a count past 2^53', [...header.slice(0, -2), ...new Array(7).fill(0xff), 0x1f, 0, 0, 0], 'malformed'],
  ])('%s', (_, bytes, message) => {
    expect(() => decodeHistogram(Uint8Array.from(bytes))).toThrow(message);
  });
});
