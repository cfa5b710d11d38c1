import type {
  Aggregates,
  CallAggregate,
  OperationAggregate,
  UnservedAggregate,
} from '../comparison/aggregates.ts';
import { bucketOf } from '../comparison/histogram.ts';
import { type Failing, sorted } from './failing.ts';
import { byStretch, increase, type Range, stretchAt } from './range.ts';
import { calls, role } from './record-blocks.ts';
import type { SpanTable } from './span-table.ts';

type Buckets = Map<number, number>;

export interface KnownSpans {
  readonly spans: SpanTable;
  /** As `ownTimes` gives them. */
  readonly own: Float64Array;
  /** By row: whether a span of a call has one of another call or of serving below. */
  readonly hasCallBelow: Uint8Array;
  readonly failing: Failing;
  /** By number of the place. */
  readonly names: readonly string[];
}

/** By row: whether a span that calls, or serves, is right below. */
export function callsBelow(spans: SpanTable): Uint8Array {
  const found = new Uint8Array(spans.rows);
  for (let row = 0; row < spans.rows; row++) {
    const parent = spans.parent[row] ?? -1;
    if (parent >= 0 && spans.role[row] !== role.internal) found[parent] = 1;
  }
  return found;
}

/** What the spans tell of a window: requests by operation, calls between workloads, and calls to what records none. */
export function spanAggregates(
  { spans, own, hasCallBelow, failing, names }: KnownSpans,
  range: Range,
): Pick<Aggregates, 'operations' | 'calls' | 'unserved'> {
  const operations = new Map<number, OperationCounts>();
  const pairs = new Map<number, CallCounts>();
  const unserved = new Map<number, UnservedCounts>();
  for (let row = 0; row < spans.rows; row++) {
    const stretch = stretchAt(range, spans.start[row] ?? 0);
    if (stretch < 0) continue;
    const place = spans.place[row] ?? 0;
    const duration = spans.duration[row] ?? 0;
    const failed = spans.failed[row] === 1;
    if (spans.isEntry(row)) {
      const operation = spans.operation[row] ?? 0;
      const each = take(operations, place * spans.operations.all.length + operation, () => ({
        workload: names[place] ?? '',
        operation: spans.operations.all[operation] ?? '',
        requests: byStretch(range, () => 0),
        failed: byStretch(range, () => 0),
        failingBelow: new Map(),
        duration: byStretch(range, (): Buckets => new Map()),
        own: byStretch(range, (): Buckets => new Map()),
      }));
      increase(each.requests, stretch);
      if (failed) {
        increase(each.failed, stretch);
        failing.count(each.failingBelow, spans.trace, row, each.workload);
      }
      count(each.duration[stretch], duration);
      count(each.own[stretch], own[row] ?? 0);
    }
    if (calls(spans.role[row] ?? 0) && hasCallBelow[row] === 0) {
      const peer = spans.peer[row] ?? 0;
      const each = take(unserved, place * spans.peers.all.length + peer, () => ({
        client: names[place] ?? '',
        peer: spans.peers.all[peer] ?? '',
        calls: byStretch(range, () => 0),
        failed: byStretch(range, () => 0),
        duration: byStretch(range, (): Buckets => new Map()),
      }));
      increase(each.calls, stretch);
      if (failed) increase(each.failed, stretch);
      count(each.duration[stretch], duration);
    }
  }
  for (let row = 0; row < spans.rows; row++) {
    const client = spans.parent[row] ?? -1;
    if (client < 0 || spans.role[row] !== role.server || spans.role[client] !== role.client) continue;
    const stretch = stretchAt(range, spans.start[client] ?? 0);
    const gap = (spans.duration[client] ?? 0) - (spans.duration[row] ?? 0);
    const [from, to] = [spans.place[client] ?? 0, spans.place[row] ?? 0];
    // What the server did after the client had given up is no time on the network.
    if (stretch < 0 || gap < 0 || from === to) continue;
    const each = take(pairs, from * names.length + to, () => ({
      client: names[from] ?? '',
      server: names[to] ?? '',
      calls: byStretch(range, () => 0),
      gap: byStretch(range, (): Buckets => new Map()),
    }));
    increase(each.calls, stretch);
    count(each.gap[stretch], gap);
  }
  return {
    operations: [...operations.values()].map((each) => ({
      ...each,
      failingBelow: sorted(each.failingBelow),
    })),
    calls: [...pairs.values()],
    unserved: [...unserved.values()],
  };
}

interface OperationCounts extends OperationAggregate {
  readonly requests: number[];
  readonly failed: number[];
  readonly failingBelow: Map<string, number>;
  readonly duration: readonly Buckets[];
  readonly own: readonly Buckets[];
}

interface CallCounts extends CallAggregate {
  readonly calls: number[];
  readonly gap: readonly Buckets[];
}

interface UnservedCounts extends UnservedAggregate {
  readonly calls: number[];
  readonly failed: number[];
  readonly duration: readonly Buckets[];
}

function count(buckets: Buckets | undefined, value: number): void {
  const bucket = bucketOf(value);
  buckets?.set(bucket, (buckets.get(bucket) ?? 0) + 1);
}

export function take<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
