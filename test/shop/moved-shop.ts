import type { ShopMetric, ShopRecords } from '../../src/demo/shop/records.ts';
import { makeShop, type ShopOptions } from '../../src/demo/shop/shop.ts';

/** 2025-06-30T15:00:00Z, ns since the epoch: an afternoon, when the shop is busy. */
const madeEnd = 1_751_295_600_000_000_000n;

/**
 * The shop of a time that is always the same, moved so that its end stands at `end` (ns since the epoch). How busy the
 * shop is depends on the time of day, and each minute draws its own records: what is made for now has, once in some
 * hours, none of what a test looks for. Times in options and records are those after the move.
 */
export function* makeMovedShop(
  end: bigint,
  { from, to, faults = [], ...options }: ShopOptions & { readonly to: bigint },
): Generator<ShopRecords, void, undefined> {
  const by = end - madeEnd;
  const made = makeShop({
    ...options,
    from: from - by,
    to: to - by,
    faults: faults.map((fault) => ({ ...fault, from: fault.from - by, to: fault.to - by })),
  });
  for (const records of made) {
    yield {
      from: records.from + by,
      to: records.to + by,
      spans: records.spans.map((span) => ({ ...span, start: span.start + by })),
      logs: records.logs.map((log) => ({ ...log, time: log.time + by })),
      metrics: records.metrics.map((metric) => movedMetric(metric, by)),
    };
  }
}

function movedMetric(metric: ShopMetric, by: bigint): ShopMetric {
  switch (metric.kind) {
    case 'histogram':
      return { ...metric, points: metric.points.map((point) => movedPoint(point, by)) };
    case 'exponentialHistogram':
      return { ...metric, points: metric.points.map((point) => movedPoint(point, by)) };
    default:
      return { ...metric, points: metric.points.map((point) => movedPoint(point, by)) };
  }
}

function movedPoint<Point extends { readonly start: bigint | undefined; readonly time: bigint }>(
  point: Point,
  by: bigint,
): Point {
  return { ...point, start: point.start === undefined ? undefined : point.start + by, time: point.time + by };
}
