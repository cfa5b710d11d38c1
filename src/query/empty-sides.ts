import type { ClickHouse, QueryOptions } from '../store/clickhouse.ts';
import type { Comparison } from '../store/comparison/compared-rows.ts';
import { firstRecordBefore, type RecordCounts } from '../store/comparison/count-records.ts';
import { InputError } from '../telemetry/input-error.ts';
import { formatTime } from '../telemetry/time.ts';
import type { Window } from '../telemetry/window.ts';
import type { Note } from './results.ts';

export const isEmpty = ({ spans, logs }: RecordCounts): boolean => spans + logs === 0;

/** All that the key sees is compared. */
export const isOfAll = ({ workload, traces }: Comparison): boolean =>
  workload === undefined && traces.filter === undefined;

/**
 * Refuses a given baseline in which nothing at all was recorded: whatever the window holds would be new.
 *
 * @throws InputError for a baseline without records, where the window has some
 */
export function checkBaseline(
  comparison: Comparison,
  { from, to }: Window,
  [before, after]: readonly [RecordCounts, RecordCounts],
): void {
  if (!isOfAll(comparison) || !isEmpty(before) || isEmpty(after)) return;
  throw new InputError(
    `The baseline (${formatTime(from)} to ${formatTime(to)}) holds no spans and no logs: leave baseline_from and baseline_to out to have a time chosen that does, or give another.`,
  );
}

/** Where no earlier time can be compared with: a window that has one. */
export async function laterWindow(
  clickhouse: ClickHouse,
  comparison: Comparison,
  { to }: Window,
  options: QueryOptions,
): Promise<Note[]> {
  const first = await firstRecordBefore(clickhouse, comparison, to, options);
  if (first === undefined) return [];
  const middle = first + (to - first) / 2n;
  const [begins, from] = [first, middle].map((time) => formatTime(time - (time % second)));
  return [`what there is begins at ${begins}: a from_time of ${from} or later leaves as much time before it`];
}

const second = 1_000_000_000n;
