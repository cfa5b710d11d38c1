import type { MatrixSeries, QueryResult } from '../promql/engine.ts';
import type { MetricQueryOptions, MetricStore, PromqlQuery } from '../store/metrics/metric-store.ts';
import { type Grid, shownAt } from './grid.ts';
import { together } from './together.ts';

/**
 * Evaluates PromQL at the end of each bucket, clipped to the window and to now, and gives the values at the
 * buckets' starts, so that metrics meet with what was counted in the buckets.
 *
 * @param query without times
 */
export async function evaluateBuckets(
  store: MetricStore,
  query: Omit<PromqlQuery, 'start' | 'end' | 'step'>,
  { buckets, step }: Grid,
  { signal = new AbortController().signal, ...options }: MetricQueryOptions,
): Promise<QueryResult> {
  const last = buckets.at(-1);
  if (last === undefined) return { type: 'matrix', result: [], warnings: [], infos: [] };
  const end = Number(last.to / 1_000_000n);
  const at = (time: number, until: number, signal: AbortSignal) =>
    store.evaluate({ ...query, start: time, end: until, step }, { ...options, signal });
  // The ends are multiples of the step, but for that of a last bucket which is cut.
  const first = shownAt(buckets[0] ?? last) + step;
  const isCut = end !== shownAt(last) + step;
  const wholeEnd = isCut ? shownAt(last) : end;
  const [whole, cut] = await together(signal, (both) =>
    Promise.all([
      first > wholeEnd ? undefined : at(first, wholeEnd, both),
      isCut ? at(end, end, both) : undefined,
    ]),
  );
  const series = new Map<string, MatrixSeries>();
  add(series, whole, (time) => time - step);
  add(series, cut, () => shownAt(last));
  const texts = (kind: 'warnings' | 'infos') => [
    ...new Set([...(whole?.[kind] ?? []), ...(cut?.[kind] ?? [])]),
  ];
  return { type: 'matrix', result: [...series.values()], warnings: texts('warnings'), infos: texts('infos') };
}

/** Adds the samples of an answer, at other times, behind those that are known of each series. */
function add(
  series: Map<string, MatrixSeries>,
  answer: QueryResult | undefined,
  shownTime: (time: number) => number,
): void {
  if (answer?.type !== 'matrix') return;
  for (const one of answer.result) {
    const moved = { ...one, timestamps: one.timestamps.map(shownTime) };
    const before = series.get(one.labels.key);
    series.set(one.labels.key, before === undefined ? moved : joined(before, moved));
  }
}

function joined(before: MatrixSeries, after: MatrixSeries): MatrixSeries {
  const none = (count: number) => new Array<undefined>(count).fill(undefined);
  const hasHistograms = before.histograms !== undefined || after.histograms !== undefined;
  return {
    labels: before.labels,
    timestamps: Float64Array.of(...before.timestamps, ...after.timestamps),
    values: Float64Array.of(...before.values, ...after.values),
    histograms: hasHistograms
      ? [
          ...(before.histograms ?? none(before.values.length)),
          ...(after.histograms ?? none(after.values.length)),
        ]
      : undefined,
  };
}
