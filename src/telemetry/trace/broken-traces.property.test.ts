import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyzeTrace, type TracedSpan } from './analyze-trace.ts';
import { foldSpans } from './fold.ts';
import type { Span } from './span.ts';

/**
 * Traces as they come in when something is wrong: records that come twice, ids that several spans share,
 * parents that are missing, are the span itself or go in a circle, clocks that differ, spans without a length.
 * The models below look at every instant, and follow the documentation, not the code.
 */
const roles = ['client', 'server', 'client', 'server', 'producer', 'consumer', 'internal'] as const;
const record = fc
  .record({
    id: fc.integer({ min: 0, max: 9 }),
    // Many of one parent, so that siblings meet in every way.
    parent: fc.oneof(fc.constantFrom(0, 1), fc.integer({ min: -2, max: 9 })),
    start: fc.nat(9),
    duration: fc.nat(9),
    role: fc.constantFrom(...roles),
    name: fc.constantFrom('a', 'b 1', 'b 2'),
    workload: fc.constantFrom('v', 'w'),
    failed: fc.boolean(),
    message: fc.constantFrom('', 'gone', 'no 1', 'no 2'),
  })
  .map(({ id, parent, ...rest }): Span => {
    return {
      spanId: `s${id}`,
      parentSpanId: parent === -1 ? '' : parent === -2 ? 'missing' : `s${parent}`,
      cluster: '',
      namespace: '',
      pod: '',
      protocol: '',
      returnCode: '',
      resource: '',
      peer: '',
      ...rest,
    };
  });
/** Some records come again, as they were or with one difference. */
const again = fc.constantFrom<Partial<Span>>(
  {},
  {},
  { duration: 10 },
  { start: 10 },
  { name: 'c' },
  { pod: 'p' },
);
const brokenTrace = fc
  .tuple(fc.array(record, { minLength: 1, maxLength: 12 }), fc.array(again, { maxLength: 3 }))
  .map(([records, repeated]) => [
    ...records,
    ...repeated.flatMap((change, i) => (records[i] === undefined ? [] : [{ ...records[i], ...change }])),
  ]);
/** Siblings that differ in little. */
const alikeSpans = fc
  .array(fc.record({ failed: fc.boolean(), message: fc.constantFrom('gone', 'no 1', 'no 2') }), {
    minLength: 3,
    maxLength: 12,
  })
  .chain((kinds) =>
    fc.array(record, { minLength: kinds.length, maxLength: kinds.length }).map((records) =>
      records.map((one, i): Span => {
        const [role, workload] = ['client', 'w'];
        return { ...one, ...kinds[i], spanId: `t${i}`, parentSpanId: '', name: 'a', role, workload };
      }),
    ),
  );
/** A call, or a message, and what serves it. */
const call = fc
  .tuple(fc.constantFrom('client', 'producer'), fc.array(record, { minLength: 2, maxLength: 5 }))
  .map(([role, records]) =>
    records.map((one, i): Span => {
      const spanId = `u${i}`;
      if (i === 0) return { ...one, spanId, role, parentSpanId: '', duration: 2 * one.duration };
      return { ...one, spanId, parentSpanId: 'u0', role: role === 'client' ? 'server' : 'consumer' };
    }),
  );

const end = ({ start, duration }: Span): number => start + duration;
const runsAt = (one: Span, instant: number): boolean => one.start <= instant && instant < end(one);
const instants = Array.from({ length: 60 }, (_, i) => i);
const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
const childrenOf = (spans: readonly TracedSpan[], index: number): TracedSpan[] =>
  spans.filter(({ parent }) => parent === index);

/** What tells records apart: what a failure says is not part of it. */
const identity = (one: Span): string =>
  JSON.stringify([
    one.spanId,
    one.parentSpanId,
    one.name,
    one.role,
    one.workload,
    one.pod,
    one.start,
    one.duration,
  ]);

/** Time on the critical path, by span: who is waited for is searched anew at each step back in time. */
function criticalModel(spans: readonly TracedSpan[], root: number): number[] {
  const times = spans.map(() => 0);
  const walk = (index: number, from: number, until: number): void => {
    let to = until;
    while (to > from) {
      let last = -1;
      for (const [i, one] of spans.entries()) {
        if (one.parent !== index || Math.max(one.start, from) >= Math.min(end(one), to)) continue;
        const best = spans[last];
        const isLater =
          best === undefined || end(one) > end(best) || (end(one) === end(best) && one.start > best.start);
        if (isLater) last = i;
      }
      const child = spans[last];
      const reached = child === undefined ? from : Math.min(end(child), to);
      times[index] = (times[index] ?? 0) + to - reached;
      if (child === undefined) return;
      walk(last, Math.max(child.start, from), reached);
      to = Math.max(child.start, from);
    }
  };
  const top = spans[root];
  if (top !== undefined) walk(root, top.start, end(top));
  return times;
}

describe('a broken trace', () => {
  test('has each record once, below a span of the id that it names', () => {
    fc.assert(
      fc.property(brokenTrace, (records) => {
        const { spans, duplicates, sharedIds } = analyzeTrace(records);
        const different = new Set(records.map(identity));
        expect(new Set(spans.map(identity))).toEqual(different);
        expect(spans).toHaveLength(different.size);
        expect(duplicates).toBe(records.length - different.size);
        expect(sharedIds).toBe(spans.length - new Set(spans.map(({ spanId }) => spanId)).size);
        for (const { parent, parentSpanId, detached } of spans) {
          const named = spans.some(({ spanId }) => spanId === parentSpanId);
          if (parent >= 0) expect([spans[parent]?.spanId, detached]).toEqual([parentSpanId, undefined]);
          else if (parentSpanId === '') expect(detached).toBeUndefined();
          else expect(detached).toBe(named ? 'circle' : 'missing parent');
        }
        for (const [i, { detached }] of spans.entries()) {
          if (detached !== 'circle') continue;
          // All the way round it is the earliest.
          let at = i;
          do {
            at = spans.findIndex(({ spanId }) => spanId === spans[at]?.parentSpanId);
            expect(at).toBeGreaterThanOrEqual(i);
          } while (at !== i);
        }
      }),
    );
  });

  test('has the self times that instants give, and they add up to the union and what ran beside it', () => {
    fc.assert(
      fc.property(brokenTrace, (records) => {
        const { spans, covered } = analyzeTrace(records);
        let own = 0;
        for (const instant of instants) {
          const running = spans.filter((one) => runsAt(one, instant));
          own += running.filter(
            (one) => !childrenOf(spans, spans.indexOf(one)).some((child) => runsAt(child, instant)),
          ).length;
        }
        expect(sum(spans.map(({ self }) => self))).toBe(own);
        expect(covered).toBe(
          instants.filter((instant) => records.some((one) => runsAt(one, instant))).length,
        );
        expect(own).toBeGreaterThanOrEqual(covered);
      }),
    );
  });

  test('has the critical path that a search at each step gives, of its longest root', () => {
    fc.assert(
      fc.property(brokenTrace, (records) => {
        const { spans, root = -1 } = analyzeTrace(records);
        const tops = spans.filter(({ parent }) => parent === -1).map(({ duration }) => duration);
        expect(spans[root]).toMatchObject({ parent: -1, duration: Math.max(...tops) });
        expect(spans.map(({ critical }) => critical)).toEqual(criticalModel(spans, root));
        for (const { critical, self } of spans) expect(critical).toBeLessThanOrEqual(self);
      }),
      { numRuns: 300 },
    );
  });

  test('has a gap where a call took longer than what serves it, and starts and ends beside its parent', () => {
    fc.assert(
      fc.property(fc.oneof(brokenTrace, call), (records) => {
        const { spans } = analyzeTrace(records);
        for (const [i, one] of spans.entries()) {
          const servers = childrenOf(spans, i).filter(({ role }) => role === 'server');
          const consumers = childrenOf(spans, i).filter(({ role }) => role === 'consumer');
          if (one.role === 'client' && servers.length > 0) {
            const serving = Math.max(...servers.map(end)) - Math.min(...servers.map(({ start }) => start));
            expect(one.gap?.total).toBe(serving <= one.duration ? one.duration - serving : undefined);
            if (one.gap?.before !== undefined && one.gap.after !== undefined) {
              expect(one.gap.before + one.gap.after).toBe(one.gap.total);
              expect(Math.min(one.gap.before, one.gap.after)).toBeGreaterThanOrEqual(0);
            }
          } else if (one.role === 'producer' && consumers.length > 0) {
            const queued = Math.min(...consumers.map(({ start }) => start)) - end(one);
            expect(one.gap?.total).toBe(queued >= 0 ? queued : undefined);
          } else expect(one.gap).toBeUndefined();
          const above = spans[one.parent];
          expect(one.early).toBe(above === undefined ? 0 : Math.max(0, above.start - one.start));
          const late = above === undefined ? 0 : Math.max(0, end(one) - end(above));
          expect(one.late).toBe(one.role === 'consumer' ? 0 : late);
        }
      }),
    );
  });

  test('folds no failures together that say different things, and none with what did not fail', () => {
    fc.assert(
      fc.property(fc.oneof(brokenTrace, alikeSpans), (records) => {
        const { spans } = analyzeTrace(records);
        for (const group of foldSpans(spans)) {
          const kinds = new Set(
            group.spans.map((index) => {
              const { failed = false, message = '', role, workload } = spans[index] ?? {};
              return JSON.stringify([failed, failed ? message.replace(/\d/, '') : '', role, workload]);
            }),
          );
          expect(kinds.size).toBe(1);
        }
      }),
    );
  });
});
