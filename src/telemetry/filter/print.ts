import { formatDuration } from '../duration.ts';
import type { Field } from '../fields.ts';
import { formatTime } from '../time.ts';
import type { Filter, LikePart, Value } from './ast.ts';

/**
 * The normalised text of a filter: names as the catalogue has them, operators in one spelling, every
 * value in the field's unit. Parsing and resolving it again gives the same filter.
 */
export function printFilter(filter: Filter): string {
  return print(filter, 'or');
}

/** An attribute as filters take it: quoted where it is more than letters, digits and `_ . - / :`. */
export function attributeText(name: string): string {
  return /^[\p{L}\p{N}_][\p{L}\p{N}_.\-/:]*$/u.test(name) ? `@${name}` : `@${quote(name, '"')}`;
}

/** Text in single quotes, as filters take it. */
export function stringText(text: string): string {
  return quote(text, "'");
}

/** The LIKE pattern of the parts: read again, it has the same parts. */
export function patternText(parts: readonly LikePart[]): string {
  return parts
    .map((part) =>
      // A backslash is doubled only where it would escape what follows.
      typeof part === 'string'
        ? part
        : part.literal.replaceAll(/\\(?=[\\%_]|$)/g, '\\\\').replaceAll(/[%_]/g, '\\$&'),
    )
    .join('');
}

/** What a client wrote, short enough to repeat in a message. */
export function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60).replace(/[\uD800-\uDBFF]$/, '')}…` : text;
}

type Context = 'or' | 'and' | 'not';

function print(filter: Filter, within: Context): string {
  switch (filter.kind) {
    case 'or':
    case 'and': {
      const inner = filter.terms.map((term) => printOperand(term, filter.kind));
      const text = inner.join(filter.kind === 'or' ? ' OR ' : ' AND ');
      return within === 'not' || (within === 'and' && filter.kind === 'or') ? `(${text})` : text;
    }
    case 'not':
      return `NOT ${print(filter.term, 'not')}`;
    case 'comparison':
      return `${fieldText(filter.field)} ${filter.operator} ${valueText(filter.value, filter.field)}`;
    case 'in': {
      const values = filter.values.map((value) => valueText(value, filter.field)).join(', ');
      return `${fieldText(filter.field)} ${negation(filter)}IN (${values})`;
    }
    case 'between': {
      const low = valueText(filter.low, filter.field);
      const high = valueText(filter.high, filter.field);
      return `${fieldText(filter.field)} ${negation(filter)}BETWEEN ${low} AND ${high}`;
    }
    case 'like': {
      const always = filter.field.kind === 'builtin' && filter.field.ignoreCase;
      const operator = filter.ignoreCase && !always ? 'ILIKE' : 'LIKE';
      return `${fieldText(filter.field)} ${negation(filter)}${operator} ${stringText(patternText(filter.parts))}`;
    }
    case 'match':
      return `${fieldText(filter.field)} ${filter.negated ? '!~' : '=~'} ${stringText(filter.pattern)}`;
    case 'missing':
      return `${fieldText(filter.field)} IS ${negation(filter)}NULL`;
  }
}

/** A chain inside a chain of the same kind was in parentheses, and stays so. */
function printOperand(term: Filter, kind: 'and' | 'or'): string {
  return term.kind === kind ? `(${print(term, kind)})` : print(term, kind);
}

const negation = ({ negated }: { readonly negated: boolean }) => (negated ? 'NOT ' : '');

const fieldText = (field: Field) => (field.kind === 'builtin' ? field.name : attributeText(field.name));

function valueText(value: Value, field: Field): string {
  switch (value.type) {
    case 'string':
      return stringText(value.value);
    case 'time':
      return stringText(formatTime(value.value));
    case 'number':
      return numberText(value.value, field);
  }
}

function numberText(value: number, field: Field): string {
  const isDuration = field.kind === 'builtin' && field.unit === 'ns';
  if (isDuration && Number.isSafeInteger(value)) return formatDuration(BigInt(value));
  // All digits of a large integer, so that it is read as exactly the same number.
  return Number.isInteger(value) ? String(BigInt(value)) : String(value);
}

/** Doubles the quotes inside, and backslashes that would escape what follows. */
function quote(text: string, mark: '"' | "'"): string {
  const escaped = text.replaceAll(/\\(?=[\\'"]|$)/g, '\\\\').replaceAll(mark, mark + mark);
  return `${mark}${escaped}${mark}`;
}
