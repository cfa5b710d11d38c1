import type { InputError } from '../telemetry/input-error.ts';
import type { Span } from './ast.ts';
import { type Token, type TokenKind, tokenize } from './lexer.ts';
import { syntaxError } from './syntax-error.ts';

/** How deep expressions may nest, so that no query can exhaust the stack. */
export const maxNesting = 250;

/** The most characters of a query. */
export const maxQueryLength = 128 * 1024;

/** The most that all regular expressions of a query may have, in characters with repeats multiplied out. */
export const maxPatternLength = 100_000;

/** The tokens of one query, read from left to right. */
export class TokenStream {
  readonly text: string;
  readonly #tokens: readonly Token[];
  #index = 0;
  #nesting = 0;
  /** What the regular expressions that were read so far add up to. */
  patternLength = 0;

  /** Throws an InputError where the text is too long or no Unicode. */
  constructor(text: string) {
    this.text = text;
    if (text.length > maxQueryLength) {
      const tooLong = { start: maxQueryLength, end: maxQueryLength + 1 };
      throw syntaxError(`a query has at most ${maxQueryLength} characters`, text, tooLong);
    }
    const broken = text.search(/\p{Surrogate}/u);
    if (broken !== -1) {
      throw syntaxError('half a character: the text is no valid Unicode', text, {
        start: broken,
        end: broken + 1,
      });
    }
    this.#tokens = tokenize(text);
  }

  /** The token that comes next; throws an InputError where the text makes none. */
  peek(): Token {
    const token = this.#at(this.#index);
    if (token.kind === 'invalid') throw this.fail(token.problem ?? 'no token', token);
    return token;
  }

  /** What kind comes after the next token. */
  kindAfterNext(): TokenKind {
    return this.#at(this.#index + 1).kind;
  }

  /** The word after the next token in lower case; empty where that is no word. */
  wordAfterNext(): string {
    return wordOf(this.#at(this.#index + 1));
  }

  /** The next token's word in lower case, as keywords take any case; empty where it is no word. */
  word(): string {
    return wordOf(this.peek());
  }

  /** Takes the next token. */
  next(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.#index++;
    return token;
  }

  /** Takes the next token if it is of this kind. */
  accept(kind: TokenKind): Token | undefined {
    return this.peek().kind === kind ? this.next() : undefined;
  }

  /** Takes the next token if it is one of these words, in any case. */
  acceptWord(...words: readonly string[]): Token | undefined {
    const word = this.word();
    return word !== '' && words.includes(word) ? this.next() : undefined;
  }

  /** Takes the next token, which must be of this kind; `wanted` says for what. */
  expect(kind: TokenKind, wanted: string): Token {
    const token = this.accept(kind);
    if (token === undefined) throw this.unexpected(wanted);
    return token;
  }

  /** The end of the token that was taken last. */
  get lastEnd(): number {
    return this.#index === 0 ? 0 : this.#at(this.#index - 1).end;
  }

  /** An error at a place. */
  fail(message: string, span: Span): InputError {
    return syntaxError(message, this.text, span);
  }

  /** The error that the next token can't stand here; `wanted` says what could. */
  unexpected(wanted: string): InputError {
    const token = this.peek();
    const found = token.kind === 'end' ? 'the query ends here' : `unexpected ${show(token.text)}`;
    return this.fail(`${found}, where ${wanted} should stand${misuse(token)}`, token);
  }

  /** Reads what lies one level deeper. */
  nest<T>(read: () => T): T {
    this.#nesting++;
    if (this.#nesting > maxNesting) {
      throw this.fail(`a query nests at most ${maxNesting} levels deep`, this.peek());
    }
    const result = read();
    this.#nesting--;
    return result;
  }

  #at(index: number): Token {
    const token = this.#tokens[Math.min(index, this.#tokens.length - 1)];
    if (token === undefined) throw new Error('a query without tokens');
    return token;
  }
}

function wordOf(token: Token): string {
  return token.kind === 'identifier' && !token.text.includes(':') ? token.text.toLowerCase() : '';
}

function show(text: string): string {
  if (text.length > 40) return `${text.slice(0, 40)}…`;
  return /^[^\w"'`]+$/.test(text) ? `"${text}"` : text;
}

function misuse({ kind }: Token): string {
  if (kind === '=') return '; values are compared with ==, and labels with = between braces: up{job="api"}';
  if (kind === '=~' || kind === '!~') return `; labels are matched between braces: up{job${kind}"a.*"}`;
  return '';
}
