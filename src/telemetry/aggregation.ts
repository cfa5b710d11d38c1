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

/** Adding up values of different buckets or groups means something, and an empty bucket is 0. */
export function isAdditive(fn: AggregationFunction): boolean {
  return fn === 'row_count' || fn === 'sum';
}
