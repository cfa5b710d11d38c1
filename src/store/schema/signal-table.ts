import type { BuiltinFieldName, Signal } from '../../telemetry/fields.ts';
import type { Sql } from '../sql/sql.ts';

/** Where a signal is stored, and how each field is read there. Made once, from what the store has. */
export interface SignalTable {
  readonly signal: Signal;
  /** The table, with its database. */
  readonly name: Sql;
  /** The column of the time of a record, DateTime64(9). */
  readonly time: Sql;
  /** A DateTime column of the same time in seconds, where the table's sort key needs it. */
  readonly coarseTime?: Sql;
  /**
   * One expression for each field of the signal. Strings are never NULL (missing is ''),
   * `timestamp` is DateTime64(9), `body_length` and `duration` are UInt64, `duration_ms` is Float64.
   */
  readonly fields: Readonly<Partial<Record<BuiltinFieldName, Sql>>>;
  /** Map(String, String) of the record's own attributes, and of its resource's. */
  readonly ownAttributes: Sql;
  readonly resourceAttributes: Sql;
  /** The text that an index of whole words covers: the body in lower case. */
  readonly bodyTokens?: Sql;
  /** All columns of the table. */
  readonly columns: ReadonlySet<string>;
}
