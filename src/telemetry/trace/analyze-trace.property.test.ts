import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyzeTrace } from './analyze-trace.ts';
import { foldSpans, mostTellingFirst } from './fold.ts';
import { endOf, type Span } from './span.ts';

/** A span of small whole times, so that a model can look at every instant. */
function span(fields: Partial<Span>): Span {
  return {
    spanId: 'a',
    parentSpanId: '',
    name: 'op',
    role: 'internal',
    cluster: '',
    namespace: '',
    workload: 'w',
    pod: '',
    failed: false,
    message: '',
    protocol: '',
    returnCode: '',
    resource: '',
    peer: '',
    start: 0,
    duration: 1,
    ...fields,
  };
}

/** Any spans, with parents that are there, are missing, are the span itself or go in a circle. */
const anySpans = fc
  .array(
    fc.record({
      parent: fc.integer({ min: -2, max: 12 }),
      start: fc.integer({ min: 0, max: 30 }),
      duration: fc.integer({ min: 0, max: 30 }),
      name: fc.constantFrom('a', 'b 1', 'b 2'),
      role: fc.constantFrom('client', 'server', 'internal'),
      failed: fc.boolean(),
    }),
    { minLength: 1, maxLength: 13 },
  )
  .map((items) =>
    items.map(({ parent, ...rest }, i) =>
      span({
        ...rest,
        spanId: `s${i}`,
        parentSpanId: parent === -1 ? '' : parent === -2 ? 'missing' : `s${parent}`,
      }),
    ),
  );

/** A trace in which a span does one thing after the other; the last child may outlive its parent. */
const sequentialSpans = fc
  .array(fc.record({ up: fc.nat(4), gap: fc.nat(3), length: fc.integer({ min: 1, max: 9 }) }), {
    minLength: 1,
    maxLength: 12,
  })
  .map((steps) => {
    const spans: Span[] = [span({ spanId: 's0', start: 0, duration: 1 })];
    const open = [0];
    let time = 0;
    for (const [i, { up, gap, length }] of steps.entries()) {
      for (let u = 0; u < up && open.length > 1; u++) open.pop();
      time += gap;
      const parent = `s${open.at(-1)}`;
      spans.push(span({ spanId: `s${i + 1}`, parentSpanId: parent, start: time, duration: length }));
      open.push(i + 1);
      time += length;
      for (const index of open.slice(0, -1)) {
        const above = spans[index];
        if (above !== undefined)
          spans[index] = { ...above, duration: Math.max(above.duration, time - above.start) };
      }
      if (up % 2 === 0) open.pop();
    }
    return spans;
  });

const isAt = (instant: number, one: Span): boolean => one.start <= instant && instant < endOf(one);
const instants = Array.from({ length: 200 }, (_, i) => i);

describe('self time', () => {
  test('is every instant of a span in which none of its children runs', () => {
    fc.assert(
      fc.property(anySpans, (recorded) => {
        const { spans } = analyzeTrace(recorded);
        for (const [i, one] of spans.entries()) {
          const children = spans.filter(({ parent }) => parent === i);
          const own = instants.filter((t) => isAt(t, one) && !children.some((child) => isAt(t, child)));
          expect(one.self).toBe(own.length);
        }
      }),
    );
  });

  test('adds up to the union of the spans where nothing runs in parallel', () => {
    fc.assert(
      fc.property(sequentialSpans, (recorded) => {
        const { spans, covered } = analyzeTrace(recorded);
        const union = instants.filter((t) => recorded.some((one) => isAt(t, one))).length;
        expect(covered).toBe(union);
        expect(spans.reduce((sum, { self }) => sum + self, 0)).toBe(union);
      }),
    );
  });

  test('adds up to no less than the union of the spans, whatever they are', () => {
    fc.assert(
      fc.property(anySpans, (recorded) => {
        const { spans, covered } = analyzeTrace(recorded);
        expect(covered).toBe(instants.filter((t) => recorded.some((one) => isAt(t, one))).length);
        expect(spans.reduce((sum, { self }) => sum + self, 0)).toBeGreaterThanOrEqual(covered);
      }),
    );
  });
});

describe('critical path', () => {
  test('is as long as its root, and no span is on it for longer than it runs', () => {
    fc.assert(
      fc.property(anySpans, (recorded) => {
        const { spans, root } = analyzeTrace(recorded);
        const longest = Math.max(...spans.filter(({ parent }) => parent < 0).map(({ duration }) => duration));
        expect(root === undefined ? undefined : spans[root]?.duration).toBe(longest);
        expect(spans.reduce((sum, { critical }) => sum + critical, 0)).toBe(longest);
        for (const { critical, duration } of spans) expect(critical).toBeLessThanOrEqual(duration);
      }),
    );
  });
});

describe('the tree', () => {
  test('holds every span once, and every way up ends at the top', () => {
    fc.assert(
      fc.property(anySpans, (recorded) => {
        const { spans } = analyzeTrace(recorded);
        expect(spans.map(({ spanId }) => spanId).sort()).toEqual(recorded.map(({ spanId }) => spanId).sort());
        for (const one of spans) {
          let { parent } = one;
          for (let steps = 0; parent >= 0; steps++) {
            expect(steps).toBeLessThan(spans.length);
            parent = spans[parent]?.parent ?? -1;
          }
        }
      }),
    );
  });

  test('folds so that each span is in one group, below its parent, and sums stay', () => {
    fc.assert(
      fc.property(anySpans, (recorded) => {
        const { spans } = analyzeTrace(recorded);
        const groups = foldSpans(spans);
        expect(groups.flatMap((group) => group.spans).sort((a, b) => a - b)).toEqual([...spans.keys()]);
        for (const [i, group] of groups.entries()) {
          expect(group.parent).toBeLessThan(i);
          for (const index of group.spans) {
            const above = spans[index]?.parent ?? -1;
            expect(groups[group.parent]?.spans.includes(above) ?? above === -1).toBe(true);
          }
        }
        const tops = groups.filter(({ parent }) => parent === -1);
        expect(tops.reduce((sum, { below }) => sum + below.spans, 0)).toBe(spans.length);
        expect(tops.reduce((sum, { below }) => sum + below.failed, 0)).toBe(
          spans.filter(({ failed }) => failed).length,
        );
        const rank = mostTellingFirst(groups);
        for (const [i, { parent }] of groups.entries()) {
          if (parent >= 0) expect(rank.indexOf(parent)).toBeLessThan(rank.indexOf(i));
        }
      }),
    );
  });
});
