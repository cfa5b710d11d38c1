import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bucketOf } from '../../src/telemetry/comparison/histogram.ts';
import { noMetrics } from '../../src/telemetry/window-records/metric-block.ts';
import { role, type SpanBlock, type TextColumn } from '../../src/telemetry/window-records/record-blocks.ts';
import { aggregateRecords } from '../../src/telemetry/window-records/window-aggregates.ts';

/** A span of one trace; the parent is a place in the list before it, -1 for none. */
interface Span {
  readonly parent: number;
  readonly workload: string;
  readonly role: number;
  readonly start: number;
  readonly duration: number;
  readonly failed: boolean;
}

const spans: fc.Arbitrary<readonly Span[]> = fc.array(
  fc.record({
    parent: fc.integer({ min: -1, max: 11 }),
    workload: fc.constantFrom('web', 'cart', 'pay'),
    role: fc.constantFrom(role.internal, role.client, role.server, role.consumer),
    start: fc.integer({ min: 0, max: 90 }),
    duration: fc.integer({ min: 0, max: 40 }),
    failed: fc.boolean(),
  }),
  { minLength: 1, maxLength: 12 },
);

const texts = (values: readonly string[]): TextColumn => ({
  indices: Uint16Array.from(values.keys()),
  values,
});

/** Ids as two halves, none of them 0. */
const ids = (values: readonly number[]): Uint32Array =>
  Uint32Array.from(values.flatMap((value) => (value < 0 ? [0, 0] : [value + 1, 7])));

function blockOf(all: readonly Span[]): SpanBlock {
  const none = texts(all.map(() => ''));
  return {
    rows: all.length,
    cluster: none,
    namespace: none,
    workload: texts(all.map(({ workload }) => workload)),
    pod: none,
    trace: Uint32Array.from(all.flatMap(() => [5, 5])),
    span: ids([...all.keys()]),
    parent: ids(all.map((each, i) => parentOf(all, each, i))),
    start: Float64Array.from(all, ({ start }) => start),
    duration: Float64Array.from(all, ({ duration }) => duration),
    role: Uint8Array.from(all, (each) => each.role),
    failed: Uint8Array.from(all, ({ failed }) => Number(failed)),
    operation: none,
    peer: none,
  };
}

/** Only spans that come before one can be above it. */
const parentOf = (_: readonly Span[], { parent }: Span, index: number): number =>
  parent < index ? parent : -1;

const range = { from: 0, to: 100, stretch: 25 };
const nothing = { from: 0, to: 0, stretch: 25 };

const aggregated = (blocks: readonly SpanBlock[]) =>
  aggregateRecords(
    { spans: blocks, logs: [], metrics: noMetrics, ofSeenWorkloads: false },
    { baseline: nothing, window: range },
  ).window;

/** The span by which the request of a span came into its workload, by walking up. */
function entryOf(all: readonly Span[], index: number): number {
  const span = all[index];
  if (span === undefined) return -1;
  const above = parentOf(all, span, index);
  const isServing = span.role === role.server || span.role === role.consumer;
  return isServing || above < 0 || all[above]?.workload !== span.workload ? index : entryOf(all, above);
}

/** The own time of a request, instant by instant. */
function ownOf(all: readonly Span[], entry: number): number {
  const request = all[entry];
  if (request === undefined) return 0;
  const away = all.filter((each, i) => {
    const above = parentOf(all, each, i);
    const isBelow = above >= 0 && entryOf(all, above) === entry;
    return isBelow && (each.role === role.client || each.workload !== request.workload);
  });
  const instants = Array.from({ length: request.duration }, (_, i) => request.start + i);
  return instants.filter((at) => !away.some(({ start, duration }) => at >= start && at < start + duration))
    .length;
}

const merged = (histograms: readonly ReadonlyMap<number, number>[]): number[] =>
  histograms
    .flatMap((histogram) =>
      [...histogram].flatMap(([bucket, count]) => new Array<number>(count).fill(bucket)),
    )
    .sort((a, b) => a - b);

test('requests, own times and gaps are those that a walk over the tree gives', () => {
  fc.assert(
    fc.property(spans, (all) => {
      const { operations, calls } = aggregated([blockOf(all)]);
      for (const workload of ['web', 'cart', 'pay']) {
        const entries = all.flatMap((span, i) =>
          span.workload === workload && entryOf(all, i) === i ? [i] : [],
        );
        const found = operations.find((each) => each.workload === workload);
        expect(found?.requests.reduce((a, b) => a + b, 0) ?? 0).toBe(entries.length);
        const failed = entries.filter((i) => all[i]?.failed).length;
        expect(found?.failed.reduce((a, b) => a + b, 0) ?? 0).toBe(failed);
        expect(merged(found?.own ?? [])).toEqual(
          entries.map((i) => bucketOf(ownOf(all, i))).sort((a, b) => a - b),
        );
      }
      const gaps = all.flatMap((server, i) => {
        const client = all[parentOf(all, server, i)];
        const isCall = client?.role === role.client && server.role === role.server;
        if (!isCall || client.workload === server.workload || client.duration < server.duration) return [];
        return [bucketOf(client.duration - server.duration)];
      });
      expect(merged(calls.flatMap(({ gap }) => gap))).toEqual(gaps.sort((a, b) => a - b));
    }),
    { numRuns: 200 },
  );
});

test('the order of the spans, and how they come in blocks, do not count', () => {
  fc.assert(
    fc.property(spans, fc.nat(), (all, seed) => {
      const block = blockOf(all);
      const order = [...all.keys()].sort((a, b) => ((a * 7 + seed) % 13) - ((b * 7 + seed) % 13) || a - b);
      const turned = order.map((row): SpanBlock => {
        const halves = (column: Uint32Array) => column.slice(2 * row, 2 * row + 2);
        const text = ({ indices, values }: TextColumn): TextColumn =>
          texts([values[indices[row] ?? 0] ?? '']);
        return {
          rows: 1,
          cluster: text(block.cluster),
          namespace: text(block.namespace),
          workload: text(block.workload),
          pod: text(block.pod),
          operation: text(block.operation),
          peer: text(block.peer),
          trace: halves(block.trace),
          span: halves(block.span),
          parent: halves(block.parent),
          start: block.start.slice(row, row + 1),
          duration: block.duration.slice(row, row + 1),
          role: block.role.slice(row, row + 1),
          failed: block.failed.slice(row, row + 1),
        };
      });
      const sorted = ({ operations, calls, unserved }: ReturnType<typeof aggregated>) => ({
        operations: operations.toSorted((a, b) => (a.workload < b.workload ? -1 : 1)),
        calls: calls.toSorted((a, b) => (a.client + a.server < b.client + b.server ? -1 : 1)),
        unserved: unserved.toSorted((a, b) => (a.client < b.client ? -1 : 1)),
      });
      expect(sorted(aggregated(turned))).toEqual(sorted(aggregated([block])));
    }),
    { numRuns: 100 },
  );
});

test('a circle of parents is taken apart', () => {
  const circle = { ...blockOf([0, 1].map((i) => span(i))), parent: ids([1, 0]) };
  const { operations } = aggregated([circle]);
  expect(operations.map(({ workload, requests }) => [workload, requests])).toEqual([['web', [1, 0, 0, 0]]]);
});

const span = (i: number): Span => ({
  parent: -1,
  workload: 'web',
  role: role.internal,
  start: i,
  duration: 10,
  failed: false,
});
