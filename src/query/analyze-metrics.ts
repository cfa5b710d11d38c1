import { children, type Expr } from '../promql/ast.ts';
import type { QueryResult } from '../promql/engine.ts';
import { unwrapped } from '../promql/evaluation/unwrapped.ts';
import { InputError } from '../telemetry/input-error.ts';
import {
  chooseEvaluationStep,
  evaluationTimes,
  formatTime,
  parseStep,
  parseWindow,
} from '../telemetry/time.ts';
import type { Window } from '../telemetry/window.ts';
import { lowered } from './limits.ts';
import { diagnoseNoSeries } from './metric-diagnosis.ts';
import { type AnalyzeMetricsRequest, mostPoints } from './metric-requests.ts';
import type { AnalyzeMetricsResult } from './metric-results.ts';
import { metricOptions, metricStoreOf } from './metric-subject.ts';
import { type ShownSeries, type Steps, shownSeries } from './metric-values.ts';
import { parsePromql } from './parse-promql.ts';
import { timeoutOf } from './promql.ts';
import type { Call } from './queries.ts';
import { groupLimit } from './requests.ts';
import type { Note } from './results.ts';
import type { QueryContext } from './subject.ts';

/** Warnings and infos that one answer repeats. */
const mostAnnotations = 10;

/**
 * Evaluates PromQL at the end of a window, or at the multiples of a step in it, both ends included.
 *
 * @throws InputError for a time, step, limit or query that can't be used
 * @throws StoreError when the store does not answer
 */
export async function analyzeMetrics(
  context: QueryContext,
  request: AnalyzeMetricsRequest,
  call: Call,
): Promise<AnalyzeMetricsResult> {
  const store = metricStoreOf(context);
  const { queryType, promql } = request;
  const now = context.now();
  const { window, relative, notes: windowNotes } = parseWindow(request, now);
  const limit = lowered('limit', request.limit, groupLimit);
  const expr = parsePromql(promql);
  const steps = queryType === 'range' ? readSteps(request.step, window) : undefined;
  if (steps !== undefined) checkRangeType(expr, promql);
  const end = Number(window.to / 1_000_000n);
  const query = {
    text: promql,
    expr,
    ...(steps === undefined
      ? { start: end, end, step: 0 }
      : { start: steps.start, end: steps.start + (steps.count - 1) * steps.step, step: steps.step }),
    limits: { timeout: timeoutOf(context) },
  };
  const options = metricOptions(call);
  const result = await store.evaluate(query, options);
  const inQueryOrder = steps === undefined && isSorted(expr);
  const shown = shownSeries(result, { steps, limit: limit.value, inQueryOrder });
  const nothing = result.type !== 'string' && shown.total === 0;
  return {
    queryType,
    window,
    now: relative ? now : undefined,
    step: steps === undefined ? null : steps.step / 1000,
    promql: promql.trim(),
    time: steps === undefined ? BigInt(end) * 1_000_000n : undefined,
    kind: steps !== undefined ? 'steps' : result.type === 'matrix' ? 'samples' : 'value',
    text: result.type === 'string' ? result.result : undefined,
    order: inQueryOrder ? 'query' : 'value',
    groupsTotal: shown.total,
    series: shown.series,
    notes: [
      ...windowNotes,
      ...limit.notes,
      ...timeNotes(request, expr, window, now),
      ...valueNotes(shown, steps),
      ...annotationNotes(result),
      ...(nothing ? await diagnoseNoSeries({ store, query, window, options }) : []),
    ],
  };
}

function readSteps(asked: string | number | undefined, window: Window): Steps {
  const step = asked === undefined ? chooseEvaluationStep(window) : parseStep(asked);
  const { start, count } = evaluationTimes(window, step);
  if (count > mostPoints) {
    const least = Math.ceil(Number(window.to - window.from) / 1e9 / (mostPoints - 1));
    throw new InputError(
      `step: ${asked} makes ${count} points, at most ${mostPoints} are given; use ${least}s or more, or a shorter window`,
    );
  }
  if (count === 0) {
    throw new InputError(
      `step: no multiple of ${asked} lies between ${formatTime(window.from)} and ${formatTime(window.to)}; use a shorter step, or leave it out`,
    );
  }
  return { start, step, count };
}

/** Only numbers can be followed over time. */
function checkRangeType(expr: Expr, text: string): void {
  const place = { text, ...expr.span };
  if (expr.type === 'matrix') {
    throw new InputError(
      'A range vector has no value at a step. Take one of its samples, such as rate(…[5m]), avg_over_time(…[5m]) or max_over_time(…[5m]), leave the range out, or ask for the samples themselves with queryType "instant"',
      place,
    );
  }
  if (expr.type === 'string') {
    throw new InputError('A string has no values over time; queryType "instant" gives it', place);
  }
}

const sorting: ReadonlySet<string> = new Set(['sort', 'sort_desc', 'sort_by_label', 'sort_by_label_desc']);

function isSorted(expr: Expr): boolean {
  const inner = unwrapped(expr);
  return inner.kind === 'call' && sorting.has(inner.name);
}

function timeNotes(
  { queryType, step, fromTime }: AnalyzeMetricsRequest,
  expr: Expr,
  { to }: Window,
  now: bigint,
): string[] {
  const notes: string[] = [];
  const later = 'queryType "range" gives values over time';
  if (queryType === 'instant') {
    if (step !== undefined) notes.push(`step plays no part in an instant query; ${later}`);
    if (fromTime !== undefined && fromTime !== '' && !looksBack(expr)) {
      notes.push(
        `this query looks at to_time alone, from_time plays no part: a range such as max_over_time(…[1h]) looks back, ${later}`,
      );
    }
  }
  if (to > now) notes.push(`to_time lies after the server's clock (${formatTime(now)})`);
  return notes;
}

function looksBack(expr: Expr): boolean {
  return (
    expr.kind === 'matrixSelector' ||
    expr.kind === 'subquery' ||
    expr.kind === 'number' ||
    expr.kind === 'string' ||
    children(expr).some(looksBack)
  );
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
