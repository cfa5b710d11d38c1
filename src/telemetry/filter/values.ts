import { type Decimal, parseDecimal, toNumber } from '../duration.ts';
import { type BuiltinField, builtinField, type Field, type Signal } from '../fields.ts';
import { InputError } from '../input-error.ts';
import { nearest } from '../nearest.ts';
import { withShortUnits } from '../spelled-units.ts';
import { parseTime } from '../time.ts';
import type { ComparisonOperator, Value } from './ast.ts';
import { attributeText, shorten, stringText } from './print.ts';
import { parseQuantity, unitNames } from './quantity.ts';
import type { Literal } from './syntax.ts';

/** What the reading of values needs to know, and where it leaves notes. */
export interface ValueContext {
  /** The filter's text. */
  readonly source: string;
  readonly signal: Signal;
  /** ns since the epoch. */
  readonly now: bigint;
  readonly notes: Set<string>;
}

/** How a value is used: for equality (`=`, `!=`, `IN`) or for an order. */
type Use = 'equality' | 'order';

export const useOf = (operator: ComparisonOperator): Use =>
  operator === '=' || operator === '!=' ? 'equality' : 'order';

/**
 * A value as it compares with a field: a time for `timestamp`, a number in the field's unit for numeric
 * fields; on fields that hold text, a bare number is a number and everything else a string.
 *
 * @throws InputError with the place of the value
 */
export function readValue(literal: Literal, field: Field, use: Use, context: ValueContext): Value {
  if (field.kind === 'attribute') return readText(literal, field, use, context);
  if (field.type === 'time') return readTime(literal, context);
  if (field.type === 'number') return readNumber(literal, field, context);
  if (field.values !== undefined) return readMember(literal, field, field.values, use, context);
  return readText(literal, field, use, context);
}

function readTime(literal: Literal, context: ValueContext): Value {
  try {
    return { type: 'time', value: parseTime(literal.text, context.now).time };
  } catch (error) {
    throw error instanceof InputError ? mistake(error.message, literal, context) : error;
  }
}

function readNumber(literal: Literal, field: BuiltinField, context: ValueContext): Value {
  const bare = parseDecimal(literal.text);
  const quantity = bare === undefined ? parseQuantity(literal.text) : undefined;
  const dimension = field.unit === 'characters' ? 'size' : 'duration';
  if (bare === undefined && quantity?.dimension !== dimension) {
    const problem = quantity === undefined ? 'is no number' : 'has a unit that does not fit';
    const expected =
      dimension === 'duration'
        ? `a number in ${field.unit}, or one with a unit (${unitNames.duration}): ${field.name} > 500ms`
        : `a number of characters: ${field.name} > 1000`;
    const meant = spelledOut(literal.text);
    throw mistake(
      `${stringText(shorten(literal.text))} ${problem}; ${field.name} takes ${expected}.${meant === undefined ? '' : ` Write ${meant}`}`,
      literal,
      context,
    );
  }
  if (bare !== undefined && field.unit === 'ns') {
    context.notes.add(
      `a bare number for ${field.name} is in nanoseconds; write a unit (500ms) for any other`,
    );
  }
  if (quantity?.dimension === 'size') {
    context.notes.add(
      `${field.name} counts characters: ${shorten(literal.text)} was read as that many of them`,
    );
  }
  const amount = bare ?? quantity?.amount ?? zero;
  const isInMilliseconds = quantity !== undefined && field.unit === 'ms';
  return number(isInMilliseconds ? { ...amount, exponent: amount.exponent - 6 } : amount, literal, context);
}

/** The number that is meant by `1_000`, `1,000`, `5sec` or `5 seconds`. */
function spelledOut(text: string): string | undefined {
  const plain = text.replaceAll(/(?<=\d)[_,](?=\d)/g, '');
  const meant = withShortUnits(plain).replaceAll(/\s+/g, '');
  const isNumber = parseDecimal(meant) !== undefined || parseQuantity(meant)?.dimension === 'duration';
  return meant !== text && isNumber ? meant : undefined;
}

/** A value of a closed set, in its canonical spelling. */
function readMember(
  literal: Literal,
  field: BuiltinField,
  values: readonly string[],
  use: Use,
  context: ValueContext,
): Value {
  const { text } = literal;
  if (use === 'order' && !field.ordered) {
    throw mistake(
      `${field.name} has no order; use = or IN. Its values: ${values.join(', ')}.${codeHint(field, text)}`,
      literal,
      context,
    );
  }
  const lower = text.toLowerCase();
  const same = values.find((value) => value === text || (field.ignoreCase && value.toLowerCase() === lower));
  if (same !== undefined) return { type: 'string', value: same };
  const aliases = Object.entries(field.valueAliases ?? {});
  const alias = aliases.find(([spelling]) => spelling === lower)?.[1];
  if (alias !== undefined) {
    context.notes.add(`${field.name} ${text} is ${alias} here`);
    return { type: 'string', value: alias };
  }
  if (text === '') return { type: 'string', value: text };
  const [guess] = nearest(text, [...values, ...aliases.map(([spelling]) => spelling)], 1);
  const near = aliases.find(([spelling]) => spelling === guess)?.[1] ?? guess;
  const hint = near === undefined ? '' : ` (did you mean ${near}?)`;
  const message = `${field.name} has no value ${stringText(shorten(text))}${hint}; its values are ${values.join(', ')}`;
  if (use === 'order') throw mistake(`${message}: ${field.name} >= ${values[3]}.`, literal, context);
  context.notes.add(`${message}${codeHint(field, text)}`);
  return { type: 'string', value: text };
}

/** Codes of HTTP are looked for in the status of spans. */
const codeHint = (field: BuiltinField, text: string): string =>
  field.name === 'status' && parseDecimal(text) !== undefined
    ? '; codes are in return_code: return_code >= 500'
    : '';

/** A value of a field that holds text: a bare number compares as a number, all else as a string. */
function readText(literal: Literal, field: Field, use: Use, context: ValueContext): Value {
  const { text } = literal;
  const string: Value = { type: 'string', value: text };
  if (literal.quoted) return noteWildcard(string, literal, use, context);
  const decimal = parseDecimal(text);
  if (decimal !== undefined) {
    if (use === 'order' || isExact(decimal)) return number(decimal, literal, context);
    context.notes.add(`${shorten(text)} has more digits than a number keeps; it was compared as text`);
    return string;
  }
  const quantity = parseQuantity(text);
  if (quantity?.dimension === 'size' && field.kind === 'attribute') {
    context.notes.add(`${text} was read as a number of bytes`);
    return number(quantity.amount, literal, context);
  }
  if (quantity !== undefined && (field.kind === 'attribute' || use === 'order')) {
    const name = field.kind === 'attribute' ? shorten(attributeText(field.name)) : field.name;
    throw mistake(
      `The unit of ${name} is not known: write a plain number in its own unit, or ${stringText(shorten(text))} in quotes to compare as text.`,
      literal,
      context,
    );
  }
  if (builtinField(context.signal, text) !== undefined) {
    context.notes.add(`${text} on the right is the text ${stringText(shorten(text))}, not the field`);
  }
  return noteWildcard(string, literal, use, context);
}

function noteWildcard(value: Value, { text, quoted }: Literal, use: Use, { notes }: ValueContext): Value {
  if (use === 'equality' && (text.startsWith('%') || text.endsWith('%'))) {
    notes.add(
      `% is a wildcard in LIKE only; ${stringText(shorten(text))} was compared as it is; for a pattern write LIKE ${stringText(shorten(text))}`,
    );
  } else if (use === 'equality' && !quoted && text.includes('*')) {
    notes.add(
      `* is no wildcard; ${stringText(shorten(text))} was compared as it is; for a pattern write LIKE ${stringText(shorten(text.replaceAll('*', '%')))}`,
    );
  }
  return value;
}

const zero: Decimal = { digits: 0n, exponent: 0 };

function number(decimal: Decimal, literal: Literal, context: ValueContext): Value {
  const value = toNumber(decimal);
  if (!Number.isFinite(value))
    throw mistake(`${shorten(literal.text)} is too large for a number.`, literal, context);
  if (!isExact(decimal))
    context.notes.add(`${shorten(literal.text)} has more digits than a number keeps; it was rounded`);
  return { type: 'number', value };
}

/** A double holds the number; every fraction counts as held, as nobody means its last digit. */
function isExact(decimal: Decimal): boolean {
  const value = toNumber(decimal);
  return Number.isFinite(value) && (decimal.exponent !== 0 || BigInt(value) === decimal.digits);
}

/** An error about a value. */
export function mistake(
  message: string,
  { span }: Pick<Literal, 'span'>,
  { source }: ValueContext,
): InputError {
  return new InputError(message, { text: source, ...span });
}
