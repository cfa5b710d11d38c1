import { children, type Expr } from '../promql/ast.ts';
import { InputError } from '../telemetry/input-error.ts';
import {
  chooseEvaluationStep,
  evaluationTimes,
  formatTime,
  parseStep,
  parseWindow,
} from '../telemetry/time.ts';
import type { Window } from '../telemetry/window.ts';
import { evaluateMetrics, type Times } from './evaluate-metrics.ts';
import { lowered } from './limits.ts';
import { type AnalyzeMetricsRequest, mostPoints } from './metric-requests.ts';
import type { AnalyzeMetricsResult } from './metric-results.ts';
import { metricStoreOf } from './metric-subject.ts';
import type { Steps } from './metric-values.ts';
import { parsePromql } from './parse-promql.ts';
import type { Call } from './queries.ts';
import { groupLimit } from './requests.ts';
import type { QueryContext } from './subject.ts';

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
  if (queryType === 'range') checkType(expr, promql);
  const times: Times =
    queryType === 'range' ? { kind: 'steps', steps: readSteps(request.step, window) } : { kind: 'end' };
  const found = await evaluateMetrics(context, { store, promql, expr, window, times }, call);
  const { notes, ...answer } = found.answer(limit.value, relative ? now : undefined);
  return {
    ...answer,
    notes: [...windowNotes, ...limit.notes, ...timeNotes(request, expr, window, now), ...notes],
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

/**
 * Only numbers can be followed over time, and computed with.
 *
 * @throws InputError for a query that gives something else
 */
export function checkType(expr: Expr, text: string): void {
  const place = { text, ...expr.span };
  if (expr.type === 'matrix') {
    throw new InputError(
      'A range vector has no value at a step. Take one of its samples, such as rate(…[5m]), avg_over_time(…[5m]) or max_over_time(…[5m]), leave the range out, or ask analyze-metrics for the samples themselves with queryType "instant"',
      place,
    );
  }
  if (expr.type === 'string') {
    throw new InputError(
      'A string has no values over time; analyze-metrics gives it with queryType "instant"',
      place,
    );
  }
}

export function timeNotes(
  { queryType, step, fromTime }: Omit<AnalyzeMetricsRequest, 'promql'>,
  expr: Expr,
  { to }: Window,
  now: bigint,
): string[] {
  const notes: string[] = [];
  const later = 'queryType "range" gives values over time';
  if (queryType === 'instant') {
    if (step !== undefined) notes.push(`step plays no part in an instant query; ${later}`);
    if (fromTime !== undefined && fromTime !== '' && isLatest(expr)) {
      notes.push(
        `this query looks at to_time alone, from_time plays no part: a range such as max_over_time(…[1h]) looks back, ${later}`,
      );
    }
  }
  if (to > now) notes.push(`to_time lies after the server's clock (${formatTime(now)})`);
  return notes;
}

/** It looks at series, and at their latest samples alone. */
const isLatest = (expr: Expr): boolean => holds(expr, 'vectorSelector') && !looksBack(expr);

const looksBack = (expr: Expr): boolean => holds(expr, 'matrixSelector') || holds(expr, 'subquery');

function holds(expr: Expr, kind: Expr['kind']): boolean {
  return expr.kind === kind || children(expr).some((child) => holds(child, kind));
}
