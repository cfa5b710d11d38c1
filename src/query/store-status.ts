import { scopeOf } from '../access/scope.ts';
import {
  countByMinute,
  extentOfTable,
  recordsTable,
  samplesTable,
  type TimedTable,
  tableBytes,
} from '../store/status.ts';
import { StoreError } from '../store/store-error.ts';
import type { Call } from './queries.ts';
import type { QueryContext } from './subject.ts';

/** What a store holds of a signal; null is what it does not tell, or not in time. */
export interface SignalStatus {
  readonly signal: 'logs' | 'traces' | 'metrics';
  /** Records, or samples of metrics. */
  readonly rows: number | null;
  /** On disk. */
  readonly bytes: number | null;
  /** ns since the epoch; null also where there are no rows. */
  readonly newest: bigint | null;
  readonly oldest: bigint | null;
  /**
   * By the time of the rows: the start of each of the last 60 minutes (seconds since the epoch), the running
   * one last, and its rows. Empty where the store does not tell it.
   */
  readonly rowsPerMinute: readonly (readonly [epoch_s: number, rows: number])[];
}

const minutes = 60;
const minuteNs = 60_000_000_000n;

/** One measurement may take this long, ms; a page waits for all of them. */
const deadlineMs = 5_000;

/**
 * What the store holds, for whoever watches it. A limited key learns of what it may see, and of no sizes.
 * Never rejects because of the store: what it does not tell is null.
 */
export async function storeStatus(context: QueryContext, call: Call): Promise<readonly SignalStatus[]> {
  const { store, metrics } = context;
  const { clickhouse, database } = store;
  const { clusters, namespaces } = scopeOf(call.principal);
  const isLimited = clusters !== undefined || namespaces !== undefined;
  const sizes = isLimited ? undefined : told(tableBytes(clickhouse, database));
  const keepsMetrics = metrics !== undefined && metrics === store.metrics;
  const [logs, traces] = [store.table('logs'), store.table('traces')];
  const tables: readonly (readonly [SignalStatus['signal'], TimedTable | undefined])[] = [
    ['logs', logs && recordsTable(logs)],
    ['traces', traces && recordsTable(traces)],
    ['metrics', keepsMetrics ? samplesTable(clickhouse, database) : undefined],
  ];
  return Promise.all(
    tables.map(async ([signal, table]) => {
      const status = table === undefined ? unknown : await statusOf(context, table, call);
      const bytes = table === undefined ? undefined : (await sizes)?.get(signal);
      return { signal, ...status, bytes: bytes ?? null };
    }),
  );
}

const unknown = { rows: null, newest: null, oldest: null, rowsPerMinute: [] } as const;

async function statusOf(
  { store: { clickhouse }, now }: QueryContext,
  table: TimedTable,
  { principal, signal }: Call,
): Promise<Omit<SignalStatus, 'signal' | 'bytes'>> {
  const scope = scopeOf(principal);
  const options = { signal: AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]) };
  const to = now();
  const running = to / minuteNs;
  const window = { from: (running - BigInt(minutes - 1)) * minuteNs, to };
  const [recent, extent] = await Promise.all([
    told(countByMinute(clickhouse, table, { window, scope }, options)),
    told(extentOfTable(clickhouse, table, scope, options)),
  ]);
  const first = Number(running) - minutes + 1;
  return {
    rows: extent?.rows ?? null,
    newest: extent?.newest ?? recent?.newest ?? null,
    oldest: extent?.oldest ?? null,
    rowsPerMinute:
      recent === undefined
        ? []
        : Array.from({ length: minutes }, (_, i) => [(first + i) * 60, recent.rows.get(first + i) ?? 0]),
  };
}

/** What the store tells; nothing where it fails. */
async function told<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof StoreError) return undefined;
    throw error;
  }
}
