import { parseDecimal, toNumber } from '../duration.ts';
import { builtinField, type Signal } from '../fields.ts';
import { InputError } from '../input-error.ts';
import type { Filter } from './ast.ts';
import { tokenize } from './lexer.ts';
import { bareNamesIn } from './names-in.ts';
import { type Parsed, parse } from './parser.ts';
import { printFilter } from './print.ts';
import { parseQuantity } from './quantity.ts';
import { resolve } from './resolve.ts';
import { suggestFilter } from './suggestion/suggestion.ts';
import type { Expression } from './syntax.ts';

/** A filter whose syntax is right. What its names mean depends on the signal and its attributes. */
export interface ParsedFilter {
  /** As the client sent it. */
  readonly text: string;
  readonly expression: Expression | undefined;
  /** What was forgiven. */
  readonly notes: readonly string[];
  /** The bare names on the left of an operator that are no built-in field of the signal, each once. */
  unknownNames(signal: Signal): string[];
}

export interface FilterContext {
  readonly signal: Signal;
  /** Those of `unknownNames` that are attributes in the window; more make better hints in errors. */
  readonly attributes: ReadonlySet<string>;
  /** The clock that relative times count from: ns since the epoch. */
  readonly now: bigint;
}

export interface ResolvedFilter {
  /** Absent: every record matches. */
  readonly filter: Filter | undefined;
  /** The normalised text; empty for no filter. Parsing it again gives the same filter. */
  readonly text: string;
  readonly notes: readonly string[];
  /** `text` differs from what was sent by more than white space, quotes and the case of keywords. */
  readonly rewritten: boolean;
}

/**
 * Reads the text of a filter. An empty one, white space or `WHERE` alone is no filter.
 *
 * @param signal what it is about, so that an error can say what the filter was meant to be
 * @throws InputError with a place in the text: a wrong syntax, more than 64 KB, 500 conditions or 50 levels
 */
export function parseFilter(text: string, signal?: Signal): ParsedFilter {
  const { expression, notes } = parseOrSuggest(text, signal);
  return {
    text,
    expression,
    notes,
    unknownNames: (signal) =>
      [...new Set((expression === undefined ? [] : bareNamesIn(expression)).map(({ text }) => text))].filter(
        (name) => builtinField(signal, name) === undefined,
      ),
  };
}

function parseOrSuggest(text: string, signal: Signal | undefined): Parsed {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof InputError) || signal === undefined) throw error;
    const suggestion = suggestFilter(text, signal);
    throw suggestion === undefined || error.message.includes(suggestion)
      ? error
      : new InputError(`${withoutAdvice(error.message)} Write: ${suggestion}`, error.place);
  }
}

/** What is wrong, without the general advice that the suggestion takes the place of. */
function withoutAdvice(message: string): string {
  const [problem = ''] = message.split(/\. (?=[A-Z])|; (?=(?:[a-z ]+, )?(?:for several values )?write )/);
  return problem.endsWith('.') ? problem : `${problem}.`;
}

/**
 * Gives the names and values of a filter their meaning.
 *
 * @throws InputError with a place in the text: an unknown field, a value that does not fit its field, a
 *   pattern that RE2 does not accept
 */
export function resolveFilter(parsed: ParsedFilter, context: FilterContext): ResolvedFilter {
  const { expression } = parsed;
  if (expression === undefined) {
    return { filter: undefined, text: '', notes: parsed.notes, rewritten: false };
  }
  const { filter, notes } = resolve(expression, { ...context, source: parsed.text });
  const text = printFilter(filter);
  return {
    filter,
    text,
    notes: [...parsed.notes, ...notes],
    rewritten: !saysTheSame(parsed.text, text),
  };
}

/** The texts have the same tokens, but for quotes, case, and how a number is written. */
function saysTheSame(sent: string, normalised: string): boolean {
  const a = spellings(sent);
  const b = spellings(normalised);
  return a.length === b.length && a.every((spelling, i) => spelling === b[i]);
}

function spellings(text: string): string[] {
  return tokenize(text).tokens.map((token) => {
    if (token.kind === 'attribute') return `@${token.text}`;
    const number = parseDecimal(token.text);
    if (number !== undefined) return String(toNumber(number));
    const quantity = parseQuantity(token.text);
    if (quantity !== undefined) return `${toNumber(quantity.amount)} ${quantity.dimension}`;
    return token.text.toLowerCase();
  });
}
