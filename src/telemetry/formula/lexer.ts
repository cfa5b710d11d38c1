import { InputError } from '../input-error.ts';
import type { BinaryOperator, Span } from './ast.ts';

export type SymbolText = BinaryOperator | '(' | ')' | ',';

export type Token =
  | { readonly kind: 'number'; readonly value: number; readonly text: string; readonly span: Span }
  | { readonly kind: 'word'; readonly text: string; readonly span: Span }
  | { readonly kind: 'symbol'; readonly text: SymbolText; readonly span: Span }
  | { readonly kind: 'end'; readonly text: ''; readonly span: Span };

const symbols: Readonly<Record<string, SymbolText>> = {
  '+': '+',
  '-': '-',
  '*': '*',
  '/': '/',
  '%': '%',
  '^': '^',
  '(': '(',
  ')': ')',
  ',': ',',
  // As they are typeset.
  '−': '-',
  '×': '*',
  '·': '*',
  '÷': '/',
};

const space = /\s+/y;
const number = /(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/y;
const word = /[\p{L}_][\p{L}\p{M}\p{N}_]*/uy;
/** `$A` and `${A}`: how dashboards name a query. */
const reference = /\$(?:\{([\p{L}_][\p{L}\p{M}\p{N}_]*)\}|([\p{L}_][\p{L}\p{M}\p{N}_]*))/uy;

/** What people write who think of another language. */
const otherSyntax: readonly (readonly [pattern: RegExp, advice: string])[] = [
  [/\*\*/y, 'A power is written with ^: A ^ 2.'],
  [
    /[<>=!]=?|&&?|\|\|?/y,
    'A formula computes numbers and compares none: put the condition into the filters or the PromQL of a query.',
  ],
  [/[[{\]}]/y, 'Parentheses are ( and ).'],
  [/["'`]/y, 'The label of a query stands without quotes.'],
  [/[;#?:.@$]/y, 'A formula has numbers, labels of queries, + - * / % ^, parentheses and functions.'],
];

/** Whether a text can be the label of a query, so that formulas can name it. */
export function isQueryLabel(text: string): boolean {
  return text.length <= 64 && matchAt(word, text, 0)?.[0] === text;
}

/**
 * Cuts a formula into tokens; the last one is `end`.
 *
 * @throws InputError with the place of what can't stand in a formula
 */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    at += matchAt(space, text, at)?.[0].length ?? 0;
    if (at >= text.length) break;
    const token = readToken(text, at);
    tokens.push(token);
    at = token.span.end;
  }
  return [...tokens, { kind: 'end', text: '', span: { start: text.length, end: text.length } }];
}

function readToken(text: string, start: number): Token {
  const digits = matchAt(number, text, start)?.[0];
  if (digits !== undefined) return readNumber(text, digits, start);
  const named = matchAt(reference, text, start);
  const name = named === undefined ? matchAt(word, text, start)?.[0] : (named[1] ?? named[2]);
  if (name !== undefined) {
    return { kind: 'word', text: name, span: { start, end: start + (named?.[0] ?? name).length } };
  }
  for (const [pattern, advice] of otherSyntax) {
    const found = matchAt(pattern, text, start)?.[0];
    if (found !== undefined) throw stray(text, start, found, advice);
  }
  const character = String.fromCodePoint(text.codePointAt(start) ?? 0);
  const symbol = symbols[character];
  if (symbol === undefined) throw stray(text, start, character, 'A formula looks like (A / B) * 100.');
  return { kind: 'symbol', text: symbol, span: { start, end: start + character.length } };
}

function readNumber(text: string, digits: string, start: number): Token {
  const span = { start, end: start + digits.length };
  const value = Number(digits);
  if (!Number.isFinite(value)) throw new InputError('this number is too large', { text, ...span });
  const glued = matchAt(word, text, span.end)?.[0];
  if (glued !== undefined) {
    throw new InputError(
      `${digits}${glued} is neither a number nor a label: write ${digits} * ${glued} to multiply; a label begins with a letter, and numbers have no units.`,
      { text, start, end: span.end + glued.length },
    );
  }
  return { kind: 'number', value, text: digits, span };
}

function stray(text: string, start: number, found: string, advice: string): InputError {
  const shown = /[\p{P}\p{S}]/u.test(found)
    ? found
    : `U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  return new InputError(`${shown} can't stand in a formula. ${advice}`, {
    text,
    start,
    end: start + found.length,
  });
}

function matchAt(pattern: RegExp, text: string, position: number): RegExpExecArray | undefined {
  pattern.lastIndex = position;
  return pattern.exec(text) ?? undefined;
}
