import { scopeOf } from '../access/scope.ts';
import { METRIC_NAME } from '../promql/labels.ts';
import { type Extent, extentOf } from '../store/extent.ts';
import type { MetricStore } from '../store/metrics/metric-store.ts';
import type { Signal } from '../telemetry/fields.ts';
import { metricOptions } from './metric-subject.ts';
import type { Call } from './queries.ts';
import type { QueryContext } from './subject.ts';
import { together } from './together.ts';

/** What there is, of what a key may see: from when to when, in ns since the epoch; undefined for nothing. */
export interface Holdings {
  readonly logs: Extent | undefined;
  readonly traces: Extent | undefined;
  /** Whole days (UTC); `some` where the store does not tell since when. */
  readonly metrics: Extent | 'some' | undefined;
}

/**
 * Which signals hold data, and since when.
 *
 * @throws StoreError when the store does not answer
 */
export function holdings(context: QueryContext, call: Call): Promise<Holdings> {
  return together(call.signal, async (signal) => {
    const each = { ...call, signal };
    const [logs, traces, metrics] = await Promise.all([
      recordExtent(context, 'logs', each),
      recordExtent(context, 'traces', each),
      metricExtent(context.metrics, each),
    ]);
    return { logs, traces, metrics };
  });
}

async function recordExtent(
  { store }: QueryContext,
  of: Signal,
  { principal, signal }: Call,
): Promise<Extent | undefined> {
  const table = store.table(of);
  return table && extentOf(store.clickhouse, table, scopeOf(principal), { signal });
}

async function metricExtent(store: MetricStore | undefined, call: Call): Promise<Holdings['metrics']> {
  if (store === undefined) return undefined;
  const options = metricOptions(call);
  if (store.days === undefined) {
    const { items } = await store.labelValues(METRIC_NAME, { selectors: [], limit: 1 }, options);
    return items.length === 0 ? undefined : 'some';
  }
  const days = await store.days(options);
  return days && { oldest: nanoseconds(days.from), newest: nanoseconds(days.to) - 1n };
}

const nanoseconds = (milliseconds: number): bigint => BigInt(milliseconds) * 1_000_000n;
