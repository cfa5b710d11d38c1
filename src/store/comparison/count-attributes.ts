import { z } from 'zod';
import type { AttributeCounts } from '../../telemetry/comparison/attributes.ts';
import { valuePattern, wildcard } from '../../telemetry/log-pattern/shape.ts';
import type { Window } from '../../telemetry/window.ts';
import type { PlacedQuestion } from '../../telemetry/window-records/compare-records.ts';
import type { ClickHouse, QueryOptions } from '../clickhouse.ts';
import type { SignalTable } from '../schema/signal-table.ts';
import { fieldOf, textOf } from '../sql/field.ts';
import { join, type Sql, sql } from '../sql/sql.ts';
import { type Comparison, comparedRows } from './compared-rows.ts';
import { isSampled } from './sampling.ts';

/** Values that are counted for one question, those of the most failed or slow spans. */
const mostValues = 500;
const longestValue = 200;

const row = z.tuple([
  z.number(),
  z.string(),
  z.string(),
  z.coerce.number(),
  z.coerce.number(),
  z.coerce.number(),
  z.coerce.number(),
]);

/** How often spans with each value of an attribute failed, or were slow, in the spans of each question. */
export async function countAttributes(
  clickhouse: ClickHouse,
  comparison: Comparison,
  {
    questions,
    window,
    oneIn,
  }: {
    readonly questions: readonly PlacedQuestion[];
    readonly window: Window;
    /** As for `RecordsToRead`. */
    readonly oneIn: number;
  },
  options: QueryOptions,
): Promise<AttributeCounts[]> {
  if (questions.length === 0) return [];
  const { table } = comparison.traces;
  const counts = questions.map(({ outcome, slowFrom, operation, places }, i): Sql => {
    const hit =
      outcome === 'failed'
        ? sql`${textOf(table, 'status')} = 'error'`
        : sql`${fieldOf(table, 'duration')} >= ${Math.round(slowFrom)}`;
    const inPlace = places.map(
      ({ cluster, namespace, workload }) =>
        sql`(${textOf(table, 'cluster')} = ${cluster} AND ${textOf(table, 'namespace')} = ${namespace} AND ${textOf(table, 'workload')} = ${workload})`,
    );
    const spans = sql`SELECT mapUpdate(${table.resourceAttributes}, ${table.ownAttributes}) AS attributes, ${hit} AS hit, sum(toUInt64(hit)) OVER () AS hits, count() OVER () AS total FROM ${table.name} WHERE ${comparedRows(comparison, 'traces', [window])}${isSampled(table, oneIn)} AND ${isOperation(table, operation)} AND ${textOf(table, 'role')} NOT IN ('client', 'producer') AND (${join(inPlace, ' OR ')})`;
    return sql`SELECT toUInt8(${i}) AS question, key, leftUTF8(value, ${longestValue}) AS text, countIf(hit) AS having, count() AS every, any(hits) AS allHits, any(total) AS allSpans FROM (${spans}) ARRAY JOIN mapKeys(attributes) AS key, mapValues(attributes) AS value GROUP BY key, text HAVING having > 0 AND every > 1 ORDER BY having DESC, key, text LIMIT ${mostValues}`;
  });
  const rows = await clickhouse.rows(
    sql`SELECT question, key, text, toString(having), toString(every), toString(allHits), toString(allSpans) FROM (${join(
      counts.map((count) => sql`SELECT * FROM (${count})`),
      ' UNION ALL ',
    )}) ORDER BY question, key, text`,
    row,
    options,
  );
  return rows.flatMap(([index, attribute, value, hits, all, allHits, total]) => {
    const question = questions[index];
    if (question === undefined) return [];
    const { workload, operation, outcome } = question;
    return [
      {
        ...{ workload, operation, outcome, attribute, value },
        having: { hits, all },
        others: { hits: allHits - hits, all: total - all },
      },
    ];
  });
}

/** Names with ids in them may be told as one operation: `maskedOperation` masks them as this does. */
function isOperation(table: SignalTable, operation: string): Sql {
  const name = textOf(table, 'operation_name');
  if (!operation.includes(wildcard)) return sql`${name} = ${operation}`;
  return sql`${operation} IN (${name}, replaceRegexpAll(${name}, ${valuePattern}, ${wildcard}))`;
}
