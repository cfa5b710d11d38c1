import { type Sql, sql } from './sql.ts';

/**
 * The most frequent values of a text where a condition holds, those of equal frequency in byte order. The
 * frequencies are exact where there are no more than three times as many different values as are counted
 * (`topK` keeps that many cells), else estimated.
 *
 * @param counted at least as many as wanted: values at the end of the list may be in or out by chance
 */
export function frequentValues(
  text: Sql,
  condition: Sql,
  { wanted, counted }: { readonly wanted: number; readonly counted: number },
): Sql {
  const counts = sql`topKIf(${counted}, 3, 'counts')(${text}, ${condition})`;
  return sql`arraySlice(arrayMap(one -> one.1, arraySort(one -> (-toInt64(one.2), one.1), ${counts})), 1, ${wanted})`;
}
