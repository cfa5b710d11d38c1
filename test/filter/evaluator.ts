import { RE2JS } from 're2js';
import type { Field } from '../../src/telemetry/fields.ts';
import type { ComparisonOperator, Filter, LikePart, Value } from '../../src/telemetry/filter/ast.ts';
import type { Row } from './rows.ts';

/**
 * The meaning of a filter, in plain JavaScript over plain rows. It shares nothing with the SQL but the
 * types: what they disagree about is a mistake of one of them.
 */
export function matches(filter: Filter, row: Row): boolean {
  return evaluate(filter, row, () => false);
}

/**
 * The row would match if some of the numeric comparisons whose text is no number held, and it does not
 * match as it is: every choice of them is tried.
 */
export function isLeftOutForText(filter: Filter, row: Row): boolean {
  let comparisons = 0;
  const asItIs = evaluate(filter, row, () => {
    comparisons += 1;
    return false;
  });
  if (asItIs || comparisons === 0) return false;
  if (comparisons > 12) throw new Error('too many comparisons to try them all');
  for (let choice = 1; choice < 2 ** comparisons; choice++) {
    let next = 0;
    if (evaluate(filter, row, () => ((choice >> next++) & 1) === 1)) return true;
  }
  return false;
}

/** `onNoNumber` decides a numeric comparison whose text is there and no number. */
function evaluate(filter: Filter, row: Row, onNoNumber: () => boolean): boolean {
  const compare = (field: Field, operator: ComparisonOperator, value: Value) =>
    holds(field, operator, value, row, onNoNumber);
  switch (filter.kind) {
    case 'and':
      return filter.terms.map((term) => evaluate(term, row, onNoNumber)).every(Boolean);
    case 'or':
      return filter.terms.map((term) => evaluate(term, row, onNoNumber)).some(Boolean);
    case 'not':
      return !evaluate(filter.term, row, onNoNumber);
    case 'comparison':
      return compare(filter.field, filter.operator, filter.value);
    case 'in': {
      const found = filter.values.map((value) => compare(filter.field, '=', value)).some(Boolean);
      return found !== filter.negated;
    }
    case 'between': {
      const low = compare(filter.field, '>=', filter.low);
      const high = compare(filter.field, '<=', filter.high);
      return (low && high) !== filter.negated;
    }
    case 'like': {
      const text = textOf(filter.field, row);
      return (text !== '' && isLike(text, filter.parts, filter.ignoreCase)) !== filter.negated;
    }
    case 'match': {
      const text = textOf(filter.field, row);
      return (text !== '' && isMatch(text, filter.pattern, filter.ignoreCase)) !== filter.negated;
    }
    case 'missing':
      return (isText(filter.field) && textOf(filter.field, row) === '') !== filter.negated;
  }
}

const isText = (field: Field) => field.kind === 'attribute' || field.type === 'string';

function textOf(field: Field, row: Row): string {
  if (field.kind === 'attribute') return row.own[field.name] || row.resource[field.name] || '';
  return row.text[field.name] ?? '';
}

function numberOf(field: Field, row: Row): bigint | number {
  if (field.name === 'body_length') return [...(row.text.body ?? '')].length;
  return field.name === 'duration' ? row.duration : Number(row.duration) / 1e6;
}

function holds(
  field: Field,
  operator: ComparisonOperator,
  value: Value,
  row: Row,
  onNoNumber: () => boolean,
): boolean {
  if (operator === '!=') return !holds(field, '=', value, row, onNoNumber);
  if (value.type === 'time') return inOrder(row.time, operator, value.value);
  if (!isText(field)) return inOrder(numberOf(field, row), operator, Number(value.value));
  const text = textOf(field, row);
  if (value.type === 'number') {
    if (text === '') return false;
    const isNumber = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(text) && Number.isFinite(Number(text));
    return isNumber ? inOrder(Number(text), operator, value.value) : onNoNumber();
  }
  if (operator !== '=' && text === '') return false;
  if (field.kind === 'builtin' && field.ordered && operator !== '=') {
    const rank = (name: string) => (field.values ?? []).indexOf(name.toUpperCase());
    return rank(text) >= 0 && inOrder(rank(text), operator, rank(value.value));
  }
  const fold = (s: string) =>
    Buffer.from(
      field.kind === 'builtin' && field.ignoreCase ? s.replace(/[A-Z]/g, (c) => c.toLowerCase()) : s,
    );
  return inOrder(Buffer.compare(fold(text), fold(value.value)), operator, 0);
}

function inOrder(a: bigint | number, operator: ComparisonOperator, b: bigint | number): boolean {
  switch (operator) {
    case '=':
      // biome-ignore lint/suspicious/noDoubleEquals: a bigint and a number are equal by value only so
      return a == b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    case '!=':
      throw new Error('is the opposite of =');
  }
}

/** Which prefixes of the text the parts so far can match, one code point at a time. */
function isLike(text: string, parts: readonly LikePart[], ignoreCase: boolean): boolean {
  const characters = [...text];
  let reached = characters.map(() => false);
  reached.unshift(true);
  for (const part of parts) {
    const items = typeof part === 'string' ? [part] : [...part.literal].map((literal) => ({ literal }));
    for (const item of items) {
      const next: boolean[] = [];
      const first = reached.indexOf(true);
      for (let end = 0; end <= characters.length; end++) {
        if (item === '%') next.push(first >= 0 && end >= first);
        else next.push(reached[end - 1] === true && isSame(item, characters[end - 1] ?? '', ignoreCase));
      }
      reached = next;
    }
  }
  return reached.at(-1) === true;
}

function isSame(item: '_' | { readonly literal: string }, character: string, ignoreCase: boolean): boolean {
  if (item === '_' || item.literal === character) return true;
  if (!ignoreCase) return false;
  return foldsTo(item.literal, character);
}

const folded = new Map<string, boolean>();

/** Unicode simple case folding, by JavaScript's own regular expressions. */
function foldsTo(a: string, b: string): boolean {
  const key = `${a}${b}`;
  const known = folded.get(key);
  if (known !== undefined) return known;
  const result = new RegExp(`^\\u{${(a.codePointAt(0) ?? 0).toString(16)}}$`, 'iu').test(b);
  folded.set(key, result);
  return result;
}

const compiled = new Map<string, RE2JS>();

function isMatch(text: string, pattern: string, ignoreCase: boolean): boolean {
  const flags = RE2JS.DOTALL | (ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
  const key = `${flags}${pattern}`;
  const regexp = compiled.get(key) ?? RE2JS.compile(pattern, flags);
  compiled.set(key, regexp);
  return regexp.test(text);
}
