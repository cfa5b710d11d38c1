import { isLabelName } from '../promql/labels.ts';
import type { SeriesRequest } from '../query/metric-requests.ts';
import { type Answer, truncatedWarning } from './answer.ts';
import { ApiError } from './api-error.ts';
import type { Endpoint } from './endpoint.ts';
import { unescapeLabelName } from './label-name.ts';
import type { Parameters } from './parameters.ts';
import { writeList } from './write-value.ts';

/** `/series`: the label sets that meet a selector. */
export const series: Endpoint = async ({ queries }, parameters, call) => {
  const request = readSeriesRequest(parameters);
  if (request.selectors.length === 0) throw new ApiError('bad_data', 'no match[] parameter provided');
  return listOf(await queries.series(request, call), ({ json }) => json);
};

/** `/labels`: the names of labels. */
export const labelNames: Endpoint = async ({ queries }, parameters, call) =>
  listOf(await queries.labelNames(readSeriesRequest(parameters), call), (name) => JSON.stringify(name));

/** `/label/<name>/values`: the values of a label. */
export function labelValues(nameInPath: string): Endpoint {
  return async ({ queries }, parameters, call) => {
    const name = unescapeLabelName(nameInPath);
    if (!isLabelName(name)) throw new ApiError('bad_data', `invalid label name: ${JSON.stringify(name)}`);
    const values = await queries.labelValues(name, readSeriesRequest(parameters), call);
    return listOf(values, (value) => JSON.stringify(value));
  };
}

/** `/metadata`: type, unit and help of metrics, by name. */
export const metadata: Endpoint = async ({ queries }, parameters, call) => {
  const limit = parameters.count('limit') ?? -1;
  const limitPerMetric = parameters.count('limit_per_metric') ?? -1;
  if (limit === 0) return { data: ['{}'] };
  const families = await queries.metricMetadata(
    {
      metric: parameters.text('metric'),
      limit: limit < 0 ? undefined : limit,
      limitPerMetric: limitPerMetric <= 0 ? undefined : limitPerMetric,
    },
    call,
  );
  const entries = Array.from(families, ([name, known]): [string, object] => [
    name,
    known.map(({ type, unit, help }) => ({ type, unit, help })),
  ]);
  return { data: [JSON.stringify(Object.fromEntries(entries))], rows: entries.length };
};

function readSeriesRequest(parameters: Parameters): SeriesRequest {
  const limit = parameters.limit();
  const start = parameters.time('start');
  const end = parameters.time('end');
  return { selectors: parameters.selectors(), start, end, limit };
}

function listOf<T>(
  { items, truncated }: { readonly items: readonly T[]; readonly truncated: boolean },
  write: (item: T) => string,
): Answer {
  return {
    data: writeList(items, write),
    warnings: truncated ? [truncatedWarning] : [],
    rows: items.length,
  };
}
