import { InputError } from '../input-error.ts';
import { nearest } from '../nearest.ts';
import type { BinaryOperator, Formula, Span } from './ast.ts';
import { aggregatingNames, functionGuesses, functions } from './functions.ts';
import { type SymbolText, type Token, tokenize } from './lexer.ts';

/** Bounds that no formula that is meant reaches. */
const longestFormula = 4096;
const mostParts = 200;
const mostNesting = 50;

/**
 * Reads a formula: `+ -` bind least, then `* / %`, then the sign, then `^`, which is right-associative.
 *
 * @throws InputError with the place of what is wrong, and what would work
 */
export function parseFormula(text: string): Formula {
  if (text.length > longestFormula) {
    throw new InputError(
      `The formula is longer than ${longestFormula} characters. Compute it in parts, as formulas that name one another.`,
    );
  }
  return new Parser(text).read();
}

const sums: ReadonlySet<string> = new Set(['+', '-']);
const products: ReadonlySet<string> = new Set(['*', '/', '%']);

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;
  #parts = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokenize(text);
  }

  read(): Formula {
    if (this.#peek().kind === 'end') {
      throw this.#fail('The formula is empty: write something like (A / B) * 100', {
        start: 0,
        end: this.#text.length,
      });
    }
    const formula = this.#sum();
    if (this.#peek().kind !== 'end') throw this.#unexpected('an operator (+ - * / % ^) or the end');
    return formula;
  }

  #sum(): Formula {
    return this.#leftAssociative(sums, () => this.#product());
  }

  #product(): Formula {
    return this.#leftAssociative(products, () => this.#signed());
  }

  #leftAssociative(operators: ReadonlySet<string>, operand: () => Formula): Formula {
    let left = operand();
    for (;;) {
      const operator = this.#acceptOperator(operators);
      if (operator === undefined) return left;
      left = this.#binary(operator, left, operand());
    }
  }

  #signed(): Formula {
    const sign = this.#peek();
    if (!this.#accept('-')) return this.#accept('+') ? this.#nested(() => this.#signed()) : this.#power();
    const operand = this.#nested(() => this.#signed());
    return this.#counted({
      kind: 'negation',
      operand,
      span: { start: sign.span.start, end: operand.span.end },
    });
  }

  #power(): Formula {
    const base = this.#primary();
    if (!this.#accept('^')) return base;
    return this.#binary(
      '^',
      base,
      this.#nested(() => this.#signed()),
    );
  }

  #primary(): Formula {
    const token = this.#next();
    if (token.kind === 'number')
      return this.#counted({ kind: 'number', value: token.value, span: token.span });
    if (token.kind === 'word') {
      if (this.#peek().text === '(') return this.#call(token);
      return this.#counted({ kind: 'label', label: token.text, span: token.span });
    }
    if (token.text === '(') {
      const inner = this.#nested(() => this.#sum());
      const end = this.#expect(')', 'an operator or )');
      return { ...inner, span: { start: token.span.start, end } };
    }
    this.#at--;
    throw this.#unexpected('a number, the label of a query, a function or (');
  }

  #call({ text: name, span }: Token): Formula {
    const signature = functions.get(name);
    if (signature === undefined) throw this.#unknownFunction(name, span);
    this.#expect('(', '(');
    const args: Formula[] = [];
    if (this.#peek().text !== ')') {
      do args.push(this.#nested(() => this.#sum()));
      while (this.#accept(','));
    }
    const end = this.#expect(')', 'an operator, a comma or )');
    const call = { start: span.start, end };
    if (args.length < signature.least || args.length > signature.most) {
      const takes =
        signature.most > signature.least
          ? `${signature.least} to ${signature.most} arguments`
          : `${signature.least} ${signature.least === 1 ? 'argument' : 'arguments'}`;
      throw this.#fail(`${name} takes ${takes}, not ${args.length}: ${signature.example}`, call);
    }
    const filler = args[1];
    if (name === 'default' && filler !== undefined && constantValue(filler) === undefined) {
      throw this.#fail(`default fills with a number: ${signature.example}`, filler.span);
    }
    return this.#counted({ kind: 'call', name, args, span: call });
  }

  #unknownFunction(name: string, span: Span): InputError {
    const lower = name.toLowerCase();
    if (functions.has(lower)) return this.#fail(`There is no function ${name}; write ${lower}`, span);
    const guess = functionGuesses.get(lower);
    if (guess !== undefined) return this.#fail(`There is no function ${name}; write ${guess}`, span);
    if (aggregatingNames.has(lower)) {
      return this.#fail(
        `There is no function ${name} in formulas: they compute value by value. Aggregate in the query (aggregation, groupBy, or PromQL), and name its label here`,
        span,
      );
    }
    const [near] = nearest(name, functions.keys(), 1);
    const hint = near === undefined ? '' : `; did you mean ${near}?`;
    return this.#fail(
      `There is no function ${name}${hint} The functions are ${[...functions.keys()].join(', ')}`,
      span,
    );
  }

  #binary(operator: BinaryOperator, left: Formula, right: Formula): Formula {
    return this.#counted({
      kind: 'binary',
      operator,
      left,
      right,
      span: { start: left.span.start, end: right.span.end },
    });
  }

  #counted(formula: Formula): Formula {
    this.#parts++;
    if (this.#parts > mostParts) {
      throw this.#fail(
        `A formula has at most ${mostParts} numbers, labels, operators and functions`,
        formula.span,
      );
    }
    return formula;
  }

  #nested(read: () => Formula): Formula {
    this.#depth++;
    if (this.#depth > mostNesting) {
      throw this.#fail(`A formula is at most ${mostNesting} levels deep`, this.#peek().span);
    }
    const formula = read();
    this.#depth--;
    return formula;
  }

  #peek(): Token {
    const token = this.#tokens[Math.min(this.#at, this.#tokens.length - 1)];
    if (token === undefined) throw new TypeError('a formula has no end');
    return token;
  }

  #next(): Token {
    const token = this.#peek();
    this.#at++;
    return token;
  }

  #accept(symbol: SymbolText): boolean {
    const token = this.#peek();
    const found = token.kind === 'symbol' && token.text === symbol;
    if (found) this.#at++;
    return found;
  }

  #acceptOperator(operators: ReadonlySet<string>): BinaryOperator | undefined {
    const token = this.#peek();
    if (token.kind !== 'symbol' || !operators.has(token.text)) return undefined;
    if (token.text === '(' || token.text === ')' || token.text === ',') return undefined;
    this.#at++;
    return token.text;
  }

  /** The end of the symbol that has to stand here. */
  #expect(symbol: SymbolText, wanted: string): number {
    const { end } = this.#peek().span;
    if (!this.#accept(symbol)) throw this.#unexpected(wanted);
    return end;
  }

  #unexpected(wanted: string): InputError {
    const { text, span, kind } = this.#peek();
    const before = this.#tokens[this.#at - 1];
    if (before?.text === '%' && (kind === 'end' || text === ')')) {
      return this.#fail(
        '% is the remainder of a division, and needs a number behind it. For percent write (A / B) * 100',
        before.span,
      );
    }
    const found = kind === 'end' ? 'The formula ends' : `There is ${text}`;
    return this.#fail(`${found} where ${wanted} should stand`, span);
  }

  #fail(message: string, span: Span): InputError {
    return new InputError(message, { text: this.#text, ...span });
  }
}

/** The value of a number with or without a sign; undefined for all else. */
export function constantValue(formula: Formula): number | undefined {
  if (formula.kind === 'number') return formula.value;
  if (formula.kind !== 'negation') return undefined;
  const value = constantValue(formula.operand);
  return value === undefined ? undefined : -value;
}
