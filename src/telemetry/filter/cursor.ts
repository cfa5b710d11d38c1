import type { Span } from './ast.ts';
import type { SymbolText, Token } from './lexer.ts';

/** Words that are never a field's name or a bare value. */
const reservedWords = new Set(['AND', 'OR', 'NOT', 'IN', 'LIKE', 'ILIKE', 'IS', 'NULL', 'BETWEEN']);

/** The token is this keyword, in any case. */
export const isKeyword = (token: Token, keyword: string): boolean =>
  token.kind === 'word' && token.text.toUpperCase() === keyword;

export const isSymbol = (token: Token, symbol: SymbolText): boolean =>
  token.kind === 'symbol' && token.text === symbol;

export const isReserved = (token: Token): boolean =>
  token.kind === 'word' && reservedWords.has(token.text.toUpperCase());

/** A place in a list of tokens whose last one is the `end`. */
export class Cursor {
  private readonly tokens: readonly Token[];
  private position = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  /** The token here, or some steps further; the `end` from there on. */
  peek(ahead = 0): Token {
    return this.tokens[this.position + ahead] ?? end;
  }

  /** The token that was taken last. */
  previous(): Token {
    return this.tokens[this.position - 1] ?? end;
  }

  take(): Token {
    const token = this.peek();
    this.position += 1;
    return token;
  }

  takeKeyword(keyword: string): boolean {
    const found = isKeyword(this.peek(), keyword);
    if (found) this.position += 1;
    return found;
  }

  takeSymbol(symbol: SymbolText): boolean {
    const found = isSymbol(this.peek(), symbol);
    if (found) this.position += 1;
    return found;
  }

  /** From the start of a span to the end of what was taken last. */
  spanFrom(start: Span): Span {
    return { start: start.start, end: this.previous().span.end };
  }
}

const end: Token = { kind: 'end', text: '', span: { start: 0, end: 0 } };
