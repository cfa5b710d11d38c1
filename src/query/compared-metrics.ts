import type { PodMetricsRequest } from '../store/metrics/metric-store.ts';
import { noMetrics, type PodMetrics } from '../telemetry/window-records/metric-block.ts';
import { metricOptions } from './metric-subject.ts';
import { timeoutOf } from './promql.ts';
import { promqlPodMetrics } from './promql-pod-metrics.ts';
import type { Call } from './queries.ts';
import type { Note } from './results.ts';
import type { QueryContext } from './subject.ts';

/** The metrics of pods in two windows, and what of them is not compared. */
export interface ComparedMetrics {
  readonly metrics: PodMetrics;
  readonly notes: readonly Note[];
}

/**
 * The metrics of a comparison, of our own tables or of another store. Another store that fails leaves out metrics,
 * and a note says so: spans and logs are compared without them.
 *
 * @throws StoreError when our own store does not answer
 */
export async function comparedMetrics(
  context: QueryContext,
  request: PodMetricsRequest,
  call: Call,
): Promise<ComparedMetrics> {
  const { metrics: store } = context;
  if (store === undefined) return { metrics: noMetrics, notes: [] };
  if (store.podMetrics !== undefined) {
    const metrics = await store.podMetrics(request, metricOptions(call));
    return { metrics, notes: tooMany(metrics, request) };
  }
  const { unanswered, ...metrics } = await promqlPodMetrics(
    store,
    request,
    metricOptions(call),
    timeoutOf(context),
  );
  return { metrics, notes: [...tooMany(metrics, request), ...missing(unanswered)] };
}

const instead = 'ask analyze-metrics for CPU, memory, throttling and restarts of the suspects';

const counted = (metrics: number): string => (metrics === 1 ? '1 metric is' : `${metrics} metrics are`);

const tooMany = ({ metricsLeftOut }: PodMetrics, { mostSeries }: PodMetricsRequest): Note[] =>
  metricsLeftOut === 0
    ? []
    : [
        `${counted(metricsLeftOut)} not compared, as there are more than ${mostSeries} series of pods, or the windows are long: narrow filters to a cluster or namespace, or shorten the windows`,
      ];

function missing(unanswered: number | undefined): Note[] {
  if (unanswered === undefined) {
    return [`metrics are not compared, as the metrics store did not answer: ${instead}`];
  }
  if (unanswered === 0) return [];
  return [
    `${counted(unanswered)} not compared, as the metrics store gave no answer about them in time: ${instead}`,
  ];
}
