import { printQuery } from '../promql/printer.ts';
import type { QueryValue } from '../promql/query-result.ts';
import { type Answer, truncatedWarning } from './answer.ts';
import { ApiError, invalidParameter } from './api-error.ts';
import { checkQuery } from './check-query.ts';
import type { Endpoint } from './endpoint.ts';
import { writeValue } from './write-value.ts';

/** Points that a series of a range query has at most. */
const mostPoints = 11_000;

/** `/query`: at one time, which is now where none is given. */
export const instantQuery: Endpoint = async (context, parameters, call) => {
  const limit = parameters.limit();
  const time = parameters.time('time') ?? context.now();
  const timeout = readTimeout(parameters.duration('timeout'));
  const lookback = readLookback(parameters.duration('lookback_delta'));
  const { text, expr } = parameters.query();
  checkQuery(expr, text, { stepMs: 0, rangeMs: 0 });
  const result = await context.queries.promql(
    { promql: text, start: time, end: time, step: 0, timeout, lookback },
    call,
  );
  return answerOf(result, time, limit);
};

/** `/query_range`: at each step from `start` to `end`. */
export const rangeQuery: Endpoint = async ({ queries }, parameters, call) => {
  const limit = parameters.limit();
  const start = parameters.requiredTime('start');
  const end = parameters.requiredTime('end');
  if (end < start) throw invalidParameter('end', 'end timestamp must not be before start time');
  const step = readStep(parameters.duration('step'));
  if (Math.floor((end - start) / step) >= mostPoints) {
    throw new ApiError(
      'bad_data',
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    );
  }
  const timeout = readTimeout(parameters.duration('timeout'));
  const lookback = readLookback(parameters.duration('lookback_delta'));
  const { text, expr } = parameters.query();
  checkQuery(expr, text, { stepMs: step, rangeMs: end - start });
  const result = await queries.promql({ promql: text, start, end, step, timeout, lookback }, call);
  return answerOf(result, end, limit);
};

/** `/query_exemplars`: there are none, as exemplars are not stored. */
export const exemplars: Endpoint = async (_, parameters) => {
  parameters.time('start');
  parameters.time('end');
  parameters.query();
  return { data: ['[]'] };
};

/** `/format_query`: the query in the one form that equal queries have, on one line. */
export const formatQuery: Endpoint = async (_, parameters) => {
  const { expr } = parameters.query();
  return { data: [JSON.stringify(printQuery(expr))] };
};

interface Annotated {
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

function answerOf(result: QueryValue & Annotated, time: number, limit: number | undefined): Answer {
  const { warnings, infos } = result;
  const value = limit === undefined ? result : truncated(result, limit);
  return {
    data: writeValue(value, time),
    warnings: value === result ? warnings : [truncatedWarning, ...warnings],
    infos,
    rows: value.type === 'vector' || value.type === 'matrix' ? value.result.length : 1,
  };
}

/** The same value where no more than `limit` series are in it. */
function truncated(value: QueryValue, limit: number): QueryValue {
  switch (value.type) {
    case 'vector':
      return value.result.length <= limit ? value : { type: 'vector', result: value.result.slice(0, limit) };
    case 'matrix':
      return value.result.length <= limit ? value : { type: 'matrix', result: value.result.slice(0, limit) };
    case 'scalar':
    case 'string':
      return value;
  }
}

function readStep(step: number | undefined): number {
  if (step === undefined) throw invalidParameter('step', 'cannot parse "" to a valid duration');
  if (step > 0) return step;
  throw invalidParameter(
    'step',
    'zero or negative query resolution step widths are not accepted. Try a positive integer',
  );
}

function readTimeout(timeout: number | undefined): number | undefined {
  if (timeout === undefined || timeout > 0) return timeout;
  throw new ApiError('timeout', 'The parameter "timeout" leaves the query no time.');
}

function readLookback(lookback: number | undefined): number | undefined {
  return lookback === undefined || lookback <= 0 ? undefined : lookback;
}
