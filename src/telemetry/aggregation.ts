/** What `analyze-logs` and `analyze-traces` compute over the rows of a group. */
export const aggregationFunctions = [
  'row_count',
  'unique_count',
  'avg',
  'sum',
  'min',
  'max',
  'p50',
  'p75',
  'p90',
  'p95',
  'p99',
] as const;

export type AggregationFunction = (typeof aggregationFunctions)[number];

/** Other spellings. */
export const aggregationAliases: ReadonlyMap<string, AggregationFunction> = new Map([['count', 'row_count']]);

/** What other query languages call them: for hints alone, as some differ in detail. */
export const aggregationGuesses: ReadonlyMap<string, AggregationFunction> = new Map([
  ['count_distinct', 'unique_count'],
  ['distinct_count', 'unique_count'],
  ['distinct', 'unique_count'],
  ['cardinality', 'unique_count'],
  ['uniq', 'unique_count'],
  ['nunique', 'unique_count'],
  ['median', 'p50'],
  ['mean', 'avg'],
  ['average', 'avg'],
  ['total', 'sum'],
  ['minimum', 'min'],
  ['maximum', 'max'],
]);

/** What to do for an aggregation that there is not, by its name without separators. */
export const aggregationAdvice: ReadonlyMap<string, string> = new Map([
  ['rate', 'row_count with queryType "range" and step "1m" counts per minute.'],
  ['errorrate', 'Count all, and those with the filter status = error; analyze-telemetry divides them.'],
  ['errors', 'Count with the filter status = error.'],
  ['last', 'search-logs and search-traces show the newest records.'],
  ['first', 'search-logs and search-traces show the oldest records with order "oldest".'],
]);

/** Adding up values of different buckets or groups means something, and an empty bucket is 0. */
export function isAdditive(fn: AggregationFunction): boolean {
  return fn === 'row_count' || fn === 'sum';
}
