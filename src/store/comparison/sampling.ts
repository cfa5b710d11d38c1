import type { SignalTable } from '../schema/signal-table.ts';
import { fieldOf } from '../sql/field.ts';
import { type Sql, sql } from '../sql/sql.ts';
import { timeOf } from './compared-rows.ts';

/** The least power of two such that one in so many of the records are no more than `most`. */
export function oneInFor(records: number, most: number): number {
  let oneIn = 1;
  while (records / oneIn > most) oneIn *= 2;
  return oneIn;
}

/**
 * The condition, to stand behind others, that takes one trace in so many, a power of two, by its id: the same traces in
 * all tables, whenever it is asked. Records without a trace are chosen by themselves.
 */
export function isSampled(table: SignalTable, oneIn: number): Sql {
  if (oneIn <= 1) return sql``;
  const trace = fieldOf(table, 'trace_id');
  const own = table.signal === 'traces' ? fieldOf(table, 'span_id') : sql`toString(${timeOf(table)})`;
  return sql` AND bitAnd(sipHash64(if(${trace} = '', ${own}, ${trace})), ${oneIn - 1}) = 0`;
}
