import { limitedSource } from '../../promql/add-matchers.ts';
import { evaluateParsed } from '../../promql/engine.ts';
import { DEFAULT_LIMITS } from '../../promql/evaluation/supervisor.ts';
import type { SeriesSource } from '../../promql/series-source.ts';
import { describeMetric } from './describe-metric.ts';
import { EvaluationQueue } from './evaluation-queue.ts';
import { latestSample } from './latest-sample.ts';
import { listMetrics, metricFamilies } from './list-metrics.ts';
import { listLabelNames, listLabelValues, listSeries } from './list-series.ts';
import { metricDays } from './metric-days.ts';
import type { MetricStore } from './metric-store.ts';
import { podMetrics } from './pod-metrics.ts';
import type { MetricTables } from './read-series.ts';
import { scopeMatchers } from './scope-matchers.ts';
import { TableSource } from './table-source.ts';

/** The metrics in our own tables. */
export function tableMetricStore(tables: MetricTables): MetricStore {
  const source = new TableSource(tables);
  const queue = new EvaluationQueue({ atOnce: 4, mostWaiting: 256 });
  return {
    evaluate({ text, expr, ...query }, { scope, signal }) {
      const waitMs = query.limits?.timeout ?? DEFAULT_LIMITS.timeout;
      const evaluate = (series: SeriesSource) =>
        evaluateParsed(expr, text, {
          ...query,
          source: limitedSource(series, scopeMatchers(scope)),
          signal,
        });
      return queue.run(() => source.during(evaluate), { waitMs, signal });
    },
    listMetrics: (request, { scope, signal }) => listMetrics(tables, request, scope, { signal }),
    describeMetric: (request, { scope, signal }) => describeMetric(tables, request, scope, { signal }),
    days: ({ scope, signal }) => metricDays(tables, scope, { signal }),
    podMetrics: (request, { scope, signal }) => podMetrics(tables, request, scope, { signal }),
    latestSample: (matchers, { scope, signal }) => latestSample(tables, matchers, scope, { signal }),
    series: (selection, { scope, signal }) => listSeries(tables, selection, scope, { signal }),
    labelNames: (selection, { scope, signal }) => listLabelNames(tables, selection, scope, { signal }),
    labelValues: (label, selection, { scope, signal }) =>
      listLabelValues(tables, label, selection, scope, { signal }),
    metadata: (request, { scope, signal }) => metricFamilies(tables, request, scope, { signal }),
  };
}
