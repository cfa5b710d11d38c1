import type { Field, Signal } from '../fields.ts';
import type { Filter, LikePart, Value } from './ast.ts';
import { resolveName } from './names.ts';
import { attributeText, patternText, shorten, stringText } from './print.ts';
import { checkPattern, maximumCharacters } from './regexp.ts';
import type { Expression, Literal, Predicate, Test } from './syntax.ts';
import { mistake, readValue, useOf, type ValueContext } from './values.ts';

/** `%` and `_` in one LIKE pattern: RE2 keeps a program for each. */
const maximumWildcards = 1000;

/** A list of a thousand wrong values needs no thousand notes. */
const mostNotes = 20;

export interface ResolveContext {
  /** The filter's text. */
  readonly source: string;
  readonly signal: Signal;
  /** Those bare names that are attributes in the window. */
  readonly attributes: ReadonlySet<string>;
  /** ns since the epoch. */
  readonly now: bigint;
}

/**
 * Looks up the names of a filter and gives its values the type in which they compare.
 *
 * @throws InputError with a place, for unknown names and for values that don't fit their field
 */
export function resolve(
  expression: Expression,
  context: ResolveContext,
): { readonly filter: Filter; readonly notes: readonly string[] } {
  const resolver = new Resolver(context);
  const filter = resolver.resolve(expression);
  const notes = [...resolver.notes];
  const more = notes.length - mostNotes;
  return {
    filter,
    notes: more > 0 ? [...notes.slice(0, mostNotes), `${more} more notes of this kind`] : notes,
  };
}

class Resolver implements ValueContext {
  readonly source: string;
  readonly signal: Signal;
  readonly now: bigint;
  readonly notes = new Set<string>();
  private readonly attributes: ReadonlySet<string>;
  private patternCharacters = 0;

  constructor({ source, signal, attributes, now }: ResolveContext) {
    this.source = source;
    this.signal = signal;
    this.now = now;
    this.attributes = attributes;
  }

  resolve(expression: Expression): Filter {
    switch (expression.kind) {
      case 'and':
      case 'or':
        return { kind: expression.kind, terms: expression.terms.map((term) => this.resolve(term)) };
      case 'not':
        return { kind: 'not', term: this.resolve(expression.term) };
      case 'predicate':
        return this.predicate(expression);
    }
  }

  private predicate({ name, test, span }: Predicate): Filter {
    const { field, note } = resolveName(name, this.source, this.signal, this.attributes, span);
    if (note !== undefined) this.notes.add(note);
    switch (test.kind) {
      case 'comparison': {
        const value = readValue(test.value, field, useOf(test.operator), this);
        return { kind: 'comparison', field, operator: test.operator, value, span };
      }
      case 'in': {
        const values = test.values.map((value) => readValue(value, field, 'equality', this));
        return { kind: 'in', field, values, negated: test.negated, span };
      }
      case 'between': {
        const { low, high } = this.bounds(test, field);
        return { kind: 'between', field, low, high, negated: test.negated, span };
      }
      case 'like': {
        this.requireText(field, test.ignoreCase ? 'ILIKE' : 'LIKE', test.pattern);
        const parts = this.likeParts(test.pattern);
        const ignoreCase = test.ignoreCase || ignoresCase(field);
        return { kind: 'like', field, parts, ignoreCase, negated: test.negated, span };
      }
      case 'match': {
        this.requireText(field, test.negated ? '!~' : '=~', test.pattern);
        this.checkPattern(test.pattern, field);
        const pattern = test.pattern.text;
        return { kind: 'match', field, pattern, ignoreCase: ignoresCase(field), negated: test.negated, span };
      }
      case 'missing':
        if (field.kind === 'builtin' && field.type !== 'string') {
          this.notes.add(`every record has a ${field.name}`);
        }
        return { kind: 'missing', field, negated: test.negated, span };
    }
  }

  private bounds(test: Test & { kind: 'between' }, field: Field): { low: Value; high: Value } {
    const low = readValue(test.low, field, 'order', this);
    const high = readValue(test.high, field, 'order', this);
    if (low.type !== high.type) {
      throw mistake(
        `BETWEEN takes two numbers or two texts: ${shorten(test.low.text)} is a ${low.type}, ${shorten(test.high.text)} a ${high.type}.`,
        test.high,
        this,
      );
    }
    if (isBefore(high, low, field)) {
      this.notes.add(
        `BETWEEN ${shorten(test.low.text)} AND ${shorten(test.high.text)} matches nothing: the smaller one comes first`,
      );
    }
    return { low, high };
  }

  private requireText(field: Field, operator: string, { span }: Literal): void {
    if (field.kind === 'attribute' || field.type === 'string') return;
    const advice =
      field.type === 'time'
        ? `${field.name} is a time; compare it by < and >, or set from_time and to_time`
        : `${field.name} is a number; compare it by < and >, or BETWEEN: ${field.name} > ${field.unit === 'characters' ? '1000' : '500ms'}`;
    throw mistake(`${operator} compares text: ${advice}.`, { span }, this);
  }

  private likeParts(pattern: Literal): LikePart[] {
    const parts = readPattern(pattern.text);
    const wildcards = parts.filter((part) => typeof part === 'string').length;
    if (wildcards > maximumWildcards) {
      throw mistake(`A pattern of LIKE has at most ${maximumWildcards} wildcards.`, pattern, this);
    }
    if (pattern.text === '') {
      this.notes.add(
        "LIKE '' matches nothing, as LIKE never matches a missing value; write IS NULL for that",
      );
    } else if (wildcards === 0) {
      const shown = shorten(pattern.text);
      // Half a pattern is not to be copied.
      const advice =
        shown === pattern.text
          ? `write ${stringText(patternText(['%', ...parts, '%']))}`
          : 'put % in front and behind';
      const star = /^\*|\*$/.test(pattern.text) ? ' (* is none, % is)' : '';
      this.notes.add(
        `LIKE ${stringText(shown)} has no wildcard${star} and compares the whole text; for a part of it ${advice}`,
      );
    }
    return parts;
  }

  private checkPattern(pattern: Literal, field: Field): void {
    const { problem, characters } = checkPattern(pattern.text);
    if (problem !== undefined) {
      const name = field.kind === 'builtin' ? field.name : attributeText(field.name);
      const plain = patternText(['%', { literal: pattern.text }, '%']);
      const advice =
        pattern.text.length > 60 ? '' : ` For plain text write ${name} LIKE ${stringText(plain)}`;
      throw mistake(`This is no regular expression of RE2: ${problem}.${advice}`, pattern, this);
    }
    const [, inside, flags = ''] = /^\/(.+)\/([a-z]*)$/.exec(pattern.text) ?? [];
    if (inside !== undefined && inside.length <= 60) {
      const meant = flags.includes('i') ? `(?i)${inside}` : inside;
      this.notes.add(
        `slashes around a regular expression are part of it; without them it is ${stringText(meant)}`,
      );
    }
    this.patternCharacters += characters;
    if (this.patternCharacters > maximumCharacters) {
      throw mistake('The regular expressions of this filter are too large together.', pattern, this);
    }
  }
}

const ignoresCase = (field: Field): boolean => field.kind === 'builtin' && field.ignoreCase === true;

function isBefore(a: Value, b: Value, field: Field): boolean {
  if (field.kind === 'builtin' && field.ordered && a.type === 'string' && b.type === 'string') {
    return (field.values ?? []).indexOf(a.value) < (field.values ?? []).indexOf(b.value);
  }
  return a.type !== 'string' && a.type === b.type && a.value < b.value;
}

/** Cuts a LIKE pattern: `\%`, `\_` and `\\` are literal, and so is a backslash before anything else. */
function readPattern(text: string): LikePart[] {
  const parts: LikePart[] = [];
  let literal = '';
  const endLiteral = () => {
    if (literal !== '') parts.push({ literal });
    literal = '';
  };
  for (let position = 0; position < text.length; position++) {
    const character = text.charAt(position);
    const next = text.charAt(position + 1);
    if (character === '\\' && next !== '' && '\\%_'.includes(next)) {
      literal += next;
      position += 1;
    } else if (character === '%') {
      endLiteral();
      if (parts.at(-1) !== '%') parts.push('%');
    } else if (character === '_') {
      endLiteral();
      parts.push('_');
    } else {
      literal += character;
    }
  }
  endLiteral();
  return parts;
}
