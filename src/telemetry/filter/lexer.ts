import { InputError } from '../input-error.ts';
import type { Span } from './ast.ts';

/** Operators and punctuation; `==` is read as `=`, `<>` as `!=`. */
export type SymbolText = '=' | '!=' | '<' | '<=' | '>' | '>=' | '=~' | '!~' | '(' | ')' | ',' | ';';

export type Token =
  | { readonly kind: 'word'; readonly text: string; readonly span: Span }
  | { readonly kind: 'string'; readonly text: string; readonly span: Span }
  | { readonly kind: 'attribute'; readonly text: string; readonly span: Span }
  | { readonly kind: 'symbol'; readonly text: SymbolText; readonly span: Span }
  | { readonly kind: 'end'; readonly text: ''; readonly span: Span };

export interface Tokens {
  /** The last one is the `end`, and there is only one. */
  readonly tokens: readonly Token[];
  readonly notes: readonly string[];
}

const symbols: Readonly<Record<string, SymbolText>> = {
  '=': '=',
  '==': '=',
  '!=': '!=',
  '<>': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  '=~': '=~',
  '!~': '!~',
  '(': '(',
  ')': ')',
  ',': ',',
  ';': ';',
};

const space = /\s+/y;
const symbolPattern = /==|=~|!=|!~|<=|<>|>=|[=<>(),;]/y;
const word = /[\p{L}\p{M}\p{N}_\-./:+*%{}$@]+/uy;

/** Quotes that open a string, and those that close it. */
const closers: Readonly<Record<string, string>> = {
  "'": "'",
  '"': '"',
  '‘': '‘’‚‛',
  '’': '‘’‚‛',
  '‚': '‘’‚‛',
  '‛': '‘’‚‛',
  '“': '“”„‟',
  '”': '“”„‟',
  '„': '“”„‟',
  '‟': '“”„‟',
};

/** What people write who think of another language. */
const otherOperators: Readonly<Record<string, string>> = {
  '&': 'Use AND between conditions.',
  '|': 'Use OR between conditions.',
  '!': 'Use NOT in front of a condition, or != for "not equal".',
  '~': 'Use =~ for a regular expression, !~ for its opposite.',
  '[': 'A list stands in parentheses: IN ("a", "b").',
  ']': 'A list stands in parentheses: IN ("a", "b").',
  '`': 'A field stands without quotes; an attribute is @name or @"a name".',
};

/**
 * Cuts the text of a filter into tokens. Half a surrogate pair stands for U+FFFD, as it does in
 * telemetry that was stored as UTF-8.
 *
 * @throws InputError with a place, for an open string or a stray character
 */
export function tokenize(source: string): Tokens {
  const text = source.replaceAll(/\p{Surrogate}/gu, '\uFFFD');
  const tokens: Token[] = [];
  let curly = false;
  let position = skipSpace(text, 0);
  while (position < text.length) {
    const token = readToken(source, text, position);
    curly ||= /^@?[‘’‚‛“”„‟]/.test(text.slice(position, position + 2));
    tokens.push(token);
    position = skipSpace(text, token.span.end);
  }
  tokens.push({ kind: 'end', text: '', span: { start: text.length, end: text.length } });
  return { tokens, notes: curly ? ['curly quotes were read as straight ones'] : [] };
}

function readToken(source: string, text: string, start: number): Token {
  const isAttribute = text.charAt(start) === '@';
  const kind = isAttribute ? 'attribute' : 'string';
  const content = isAttribute ? start + 1 : start;
  let token: Token | undefined;
  if (closers[text.charAt(content)] !== undefined) {
    const { value, end } = readString(source, text, content);
    token = { kind, text: value, span: { start, end } };
  } else if (isAttribute) {
    const name = matchAt(word, text, content) ?? '';
    token = { kind, text: name, span: { start, end: content + name.length } };
  }
  if (isAttribute && token?.text === '') {
    throw new InputError('After @ stands the name of an attribute: @http.route, @"customer id".', {
      text: source,
      ...token.span,
    });
  }
  if (token !== undefined) return token;
  const operator = matchAt(symbolPattern, text, start) ?? '';
  const symbol = symbols[operator];
  if (symbol !== undefined) {
    return { kind: 'symbol', text: symbol, span: { start, end: start + operator.length } };
  }
  const found = matchAt(word, text, start);
  if (found === undefined) throw strayCharacter(source, text, start);
  return { kind: 'word', text: found, span: { start, end: start + found.length } };
}

const skipSpace = (text: string, position: number) =>
  position + (matchAt(space, text, position) ?? '').length;

function matchAt(pattern: RegExp, text: string, position: number): string | undefined {
  pattern.lastIndex = position;
  return pattern.exec(text)?.[0];
}

const isStraight = (quote: string) => quote === "'" || quote === '"';

/**
 * Reads a string in quotes. A doubled quote, `\\`, `\'` and `\"` are the only escapes; every other
 * backslash stays.
 */
function readString(source: string, text: string, start: number): { value: string; end: number } {
  const quote = text.charAt(start);
  const closing = closers[quote] ?? quote;
  let value = '';
  let position = start + 1;
  while (position < text.length) {
    const character = text.charAt(position);
    const next = text.charAt(position + 1);
    if (character === '\\' && (next === '\\' || next === "'" || next === '"')) {
      value += next;
      position += 2;
    } else if (!closing.includes(character)) {
      value += character;
      position += 1;
    } else if (next === character && isStraight(quote)) {
      value += character;
      position += 2;
    } else {
      return { value, end: position + 1 };
    }
  }
  throw new InputError(
    `This string has no closing quote ${quote}. Inside a string, write the quote twice or with a backslash in front.`,
    { text: source, start, end: text.length },
  );
}

function strayCharacter(source: string, text: string, position: number): InputError {
  const character = String.fromCodePoint(text.codePointAt(position) ?? 0);
  const doubled = text.charAt(position + 1) === character && '&|'.includes(character);
  const end = position + character.length * (doubled ? 2 : 1);
  const shown = /[\p{P}\p{S}]/u.test(character)
    ? text.slice(position, end)
    : `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  const advice =
    otherOperators[character] ?? "A value that is more than one bare word stands in quotes: 'a b'.";
  return new InputError(`${shown} can't stand here. ${advice}`, { text: source, start: position, end });
}
