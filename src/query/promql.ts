import type { QueryResult } from '../promql/engine.ts';
import { DEFAULT_LIMITS } from '../promql/evaluation/supervisor.ts';
import type { PromqlRequest } from './metric-requests.ts';
import { metricOptions, metricStoreOf } from './metric-subject.ts';
import { parsePromql } from './parse-promql.ts';
import type { Call } from './queries.ts';
import type { QueryContext } from './subject.ts';

/**
 * Evaluates PromQL as Prometheus' API does.
 *
 * @throws InputError for a query that is wrong or passes a limit
 * @throws StoreError when the store does not answer
 */
export async function promql(
  context: QueryContext,
  request: PromqlRequest,
  call: Call,
): Promise<QueryResult> {
  const { promql: text, start, end, step, lookback, timeout } = request;
  const store = metricStoreOf(context);
  const expr = parsePromql(text);
  const limits = { timeout: timeoutOf(context, timeout) };
  return store.evaluate({ text, expr, start, end, step, lookback, limits }, metricOptions(call));
}

/** Milliseconds that a query may take: what the server allows, or less where less is asked. */
export function timeoutOf(
  { promqlTimeout = DEFAULT_LIMITS.timeout }: QueryContext,
  asked = promqlTimeout,
): number {
  return Math.min(asked, promqlTimeout);
}
