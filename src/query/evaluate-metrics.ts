import type { Expr } from '../promql/ast.ts';
import type { QueryResult } from '../promql/engine.ts';
import { unwrapped } from '../promql/evaluation/unwrapped.ts';
import type { Labels } from '../promql/labels.ts';
import { unitOf } from '../promql/unit.ts';
import type { MetricStore } from '../store/metrics/metric-store.ts';
import type { Window } from '../telemetry/window.ts';
import { absentLabelNotes } from './absent-labels.ts';
import { evaluateBuckets } from './evaluate-buckets.ts';
import { type Grid, shownAt } from './grid.ts';
import { diagnoseNoSeries } from './metric-diagnosis.ts';
import { mostPoints } from './metric-requests.ts';
import type { AnalyzeMetricsResult } from './metric-results.ts';
import { metricOptions } from './metric-subject.ts';
import { type ShownSeries, type Steps, shownSeries } from './metric-values.ts';
import { timeoutOf } from './promql.ts';
import type { Call } from './queries.ts';
import type { Note } from './results.ts';
import { skippedNotes } from './skipped-samples.ts';
import type { QueryContext } from './subject.ts';

/** Warnings and infos that one answer repeats. */
const mostAnnotations = 10;

/** When a query is evaluated: at the end of the window, at each step, or at the end of each bucket. */
export type Times =
  | { readonly kind: 'end' }
  | { readonly kind: 'steps'; readonly steps: Steps }
  | { readonly kind: 'buckets'; readonly grid: Grid };

/** A query that was parsed, and when it is to be evaluated. */
export interface MetricEvaluation {
  readonly store: MetricStore;
  readonly promql: string;
  readonly expr: Expr;
  readonly window: Window;
  readonly times: Times;
}

export interface EvaluatedMetrics {
  /** All series; those of buckets at the buckets' starts. */
  readonly result: QueryResult;
  /** The first so many series as an answer, which states the clock where it is given. */
  answer(limit: number, now: bigint | undefined): AnalyzeMetricsResult;
}

/**
 * Evaluates PromQL, and finds out why, where there are no series.
 *
 * @throws InputError for a query that can't be evaluated
 * @throws StoreError when the store does not answer
 */
export async function evaluateMetrics(
  context: QueryContext,
  { store, promql, expr, window, times }: MetricEvaluation,
  call: Call,
): Promise<EvaluatedMetrics> {
  const end = Number(window.to / 1_000_000n);
  const steps = stepsOf(times);
  const base = { text: promql, expr, limits: { timeout: timeoutOf(context) } };
  const query = {
    ...base,
    ...(steps === undefined
      ? { start: end, end, step: 0 }
      : {
          start: steps.start,
          end: steps.start + Math.max(0, steps.count - 1) * steps.step,
          step: steps.step,
        }),
  };
  const options = metricOptions(call);
  const result =
    times.kind === 'buckets'
      ? await evaluateBuckets(store, base, times.grid, options)
      : await store.evaluate(query, options);
  const isEmpty = result.type !== 'string' && result.type !== 'scalar' && result.result.length === 0;
  const notes = isEmpty
    ? await diagnoseNoSeries({ store, query, window, options })
    : [...skippedNotes(query), ...(await absentLabelNotes(expr, labelsOf(result), store, options))];
  const inQueryOrder = steps === undefined && isSorted(expr);
  return {
    result,
    answer(limit, now) {
      const shown = shownSeries(result, { steps, limit, inQueryOrder });
      return {
        queryType: steps === undefined ? 'instant' : 'range',
        window,
        now,
        step: steps === undefined ? null : steps.step / 1000,
        promql: promql.trim(),
        time: steps === undefined ? BigInt(end) * 1_000_000n : undefined,
        kind: steps !== undefined ? 'steps' : result.type === 'matrix' ? 'samples' : 'value',
        unit: unitOf(expr),
        text: result.type === 'string' ? result.result : undefined,
        order: inQueryOrder ? 'query' : 'value',
        groupsTotal: shown.total,
        series: shown.series,
        notes: [...valueNotes(shown, steps), ...annotationNotes(result), ...notes],
      };
    },
  };
}

/** Those of some series: what these have need not be asked for. */
function labelsOf(result: QueryResult): Labels[] {
  if (result.type !== 'vector' && result.type !== 'matrix') return [];
  return result.result.slice(0, 100).map(({ labels }) => labels);
}

function stepsOf(times: Times): Steps | undefined {
  switch (times.kind) {
    case 'end':
      return undefined;
    case 'steps':
      return times.steps;
    case 'buckets': {
      const { buckets, step } = times.grid;
      const [first] = buckets;
      return { start: first === undefined ? 0 : shownAt(first), step, count: buckets.length };
    }
  }
}

const sorting: ReadonlySet<string> = new Set(['sort', 'sort_desc', 'sort_by_label', 'sort_by_label_desc']);

function isSorted(expr: Expr): boolean {
  const inner = unwrapped(expr);
  return inner.kind === 'call' && sorting.has(inner.name);
}

function valueNotes({ histograms, withNaN, cut }: ShownSeries, steps: Steps | undefined): string[] {
  const notes: string[] = [];
  if (histograms > 0) {
    notes.push(
      `${counted(histograms, 'is a native histogram', 'are native histograms')}: a value is its count of observations; use histogram_quantile(0.9, …), histogram_avg(…), histogram_sum(…) or histogram_fraction(0, 0.2, …) for others`,
    );
  }
  if (withNaN > 0 && steps !== undefined) {
    notes.push(`${counted(withNaN, 'has', 'have')} NaN values: min, max, avg and total leave them out`);
  }
  if (cut > 0) {
    notes.push(`${counted(cut, 'has', 'have')} more samples than the latest ${mostPoints}, which are given`);
  }
  return notes;
}

const counted = (series: number, one: string, many: string): string =>
  series === 1 ? `1 series of those shown ${one}` : `${series} series of those shown ${many}`;

/** What Prometheus would say of the query. The texts may quote metrics and labels. */
function annotationNotes({ warnings, infos }: QueryResult): Note[] {
  const all = [...warnings, ...infos];
  const notes: Note[] = all
    .slice(0, mostAnnotations)
    .map((text) => ({ text, quotesTelemetry: true }) as const);
  if (all.length > mostAnnotations) {
    notes.push(`${all.length - mostAnnotations} more warnings and infos are left out`);
  }
  return notes;
}
