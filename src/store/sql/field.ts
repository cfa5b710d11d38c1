import type { BuiltinFieldName, Field } from '../../telemetry/fields.ts';
import type { SignalTable } from '../schema/signal-table.ts';
import { type Sql, sql } from './sql.ts';

/** The value of a built-in field that every table of the signal has, as the table has it. */
export function fieldOf(table: SignalTable, name: BuiltinFieldName): Sql {
  const expression = table.fields[name];
  if (expression === undefined) throw new Error(`${table.signal} have no field ${name}`);
  return expression;
}

/** The same, as text. */
export const textOf = (table: SignalTable, name: BuiltinFieldName): Sql =>
  sql`toString(${fieldOf(table, name)})`;

/** A field's value as the table has it: text, a number or a time. */
export function fieldValue(field: Field, table: SignalTable): Sql {
  if (field.kind === 'attribute') {
    const own = sql`${table.ownAttributes}[${field.name}]`;
    return sql`if(${own} != '', ${own}, ${table.resourceAttributes}[${field.name}])`;
  }
  return fieldOf(table, field.name);
}

/** A field's value as text; '' where it is missing. */
export function fieldText(field: Field, table: SignalTable): Sql {
  const value = fieldValue(field, table);
  return field.kind === 'builtin' && field.type !== 'string' ? sql`toString(${value})` : value;
}

/** A field's value as text with all its digits: a time is in ns since the epoch. */
export function fieldOutput(field: Field, table: SignalTable): Sql {
  return field.kind === 'builtin' && field.type === 'time'
    ? sql`toString(toUnixTimestamp64Nano(${fieldValue(field, table)}))`
    : fieldText(field, table);
}

/** Text as a number (decimal, with an optional exponent); NULL where it is none, or an infinite one. */
export function numberIn(text: Sql): Sql {
  return sql`if(isFinite(toFloat64OrNull(${text})), toFloat64OrNull(${text}), NULL)`;
}

/** A field's value as a number; NULL where it is missing or no number. */
export function fieldNumber(field: Field, table: SignalTable): Sql {
  const value = fieldValue(field, table);
  return field.kind === 'builtin' && field.type === 'number' ? value : numberIn(value);
}
