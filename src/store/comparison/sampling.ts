import type { SignalTable } from '../schema/signal-table.ts';
import { type Sql, sql } from '../sql/sql.ts';
import { fieldOf, timeOf } from './compared-rows.ts';

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
