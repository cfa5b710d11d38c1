import { parseDecimal } from '../duration.ts';
import { InputError } from '../input-error.ts';
import type { ComparisonOperator } from './ast.ts';
import { Cursor, isKeyword, isReserved, isSymbol } from './cursor.ts';
import { type SymbolText, type Token, tokenize } from './lexer.ts';
import {
  afterCondition,
  functionCall,
  type Mistake,
  missingOperator,
  missingValue,
  noField,
  numberOnLeft,
} from './mistakes.ts';
import { isSplitQuantity, parseQuantity } from './quantity.ts';
import type { Expression, Literal, Name, Predicate, Test } from './syntax.ts';

/** The longest filter, in bytes of UTF-8. */
export const maximumBytes = 64 * 1024;

/** Conditions in one filter. */
export const maximumTerms = 500;

/** Parentheses and NOTs inside one another. */
export const maximumDepth = 50;

const comparisonOperators: ReadonlyMap<SymbolText, ComparisonOperator> = new Map([
  ['=', '='],
  ['!=', '!='],
  ['<', '<'],
  ['<=', '<='],
  ['>', '>'],
  ['>=', '>='],
]);

export interface Parsed {
  /** Absent: an empty filter. */
  readonly expression: Expression | undefined;
  readonly notes: readonly string[];
}

/**
 * Reads the text of a filter. An empty one, or `WHERE` alone, is no filter.
 *
 * @throws InputError with a place, for a wrong syntax and for more than 64 KB, 500 conditions or 50 levels
 */
export function parse(source: string): Parsed {
  if (source.length > maximumBytes || new TextEncoder().encode(source).length > maximumBytes) {
    const message = `The filter is longer than ${maximumBytes / 1024} KB, the most that is accepted.`;
    throw new InputError(message, { text: source, start: 0, end: 0 });
  }
  const { tokens, notes } = tokenize(source);
  const parser = new Parser(source, new Cursor(tokens));
  const expression = parser.parse();
  return { expression, notes: [...notes, ...parser.notes] };
}

class Parser {
  readonly notes: string[] = [];
  private readonly source: string;
  private readonly cursor: Cursor;
  private terms = 0;
  private depth = 0;

  constructor(source: string, cursor: Cursor) {
    this.source = source;
    this.cursor = cursor;
  }

  parse(): Expression | undefined {
    const { cursor } = this;
    if (cursor.takeKeyword('WHERE')) this.notes.push('WHERE in front of the filter was ignored');
    const isEmpty = cursor.peek().kind === 'end' || isSymbol(cursor.peek(), ';');
    const expression = isEmpty ? undefined : this.disjunction();
    if (cursor.takeSymbol(';')) {
      while (cursor.takeSymbol(';'));
      this.notes.push('the semicolon at the end of the filter was ignored');
    }
    if (cursor.peek().kind !== 'end') throw this.error(afterCondition(cursor));
    return expression;
  }

  private disjunction(): Expression {
    return this.chain('or', 'OR', () => this.chain('and', 'AND', () => this.negation()));
  }

  private chain(kind: 'and' | 'or', keyword: string, operand: () => Expression): Expression {
    const terms = [operand()];
    while (this.cursor.takeKeyword(keyword)) terms.push(operand());
    const [only] = terms;
    return terms.length === 1 && only !== undefined ? only : { kind, terms };
  }

  private negation(): Expression {
    const token = this.cursor.peek();
    if (this.cursor.takeKeyword('NOT')) {
      return { kind: 'not', term: this.nested(token, () => this.negation()) };
    }
    if (!this.cursor.takeSymbol('(')) return this.predicate();
    return this.nested(token, () => {
      const expression = this.disjunction();
      if (this.cursor.takeSymbol(')')) return expression;
      throw this.cursor.peek().kind === 'end'
        ? this.error({ message: 'This parenthesis is not closed.', span: token.span })
        : this.error(afterCondition(this.cursor));
    });
  }

  private nested(opening: Token, read: () => Expression): Expression {
    if (this.depth === maximumDepth) {
      const message = `A filter nests parentheses and NOT at most ${maximumDepth} levels deep.`;
      throw this.error({ message, span: opening.span });
    }
    this.depth += 1;
    const expression = read();
    this.depth -= 1;
    return expression;
  }

  private predicate(): Predicate {
    const name = this.name();
    if (this.terms === maximumTerms) {
      throw this.error({ message: `A filter has at most ${maximumTerms} conditions.`, span: name.span });
    }
    this.terms += 1;
    const test = this.test();
    return { kind: 'predicate', name, test, span: this.cursor.spanFrom(name.span) };
  }

  private name(): Name {
    const { cursor } = this;
    const token = cursor.peek();
    const isName = token.kind === 'attribute' || (token.kind === 'word' && !isReserved(token));
    if (!isName) throw this.error(noField(cursor));
    cursor.take();
    if (token.kind === 'word' && isSymbol(cursor.peek(), '(')) throw this.error(functionCall(token));
    if (token.kind === 'word' && (parseDecimal(token.text) ?? parseQuantity(token.text)))
      throw this.error(numberOnLeft(token));
    return { text: token.text, attribute: token.kind === 'attribute', span: token.span };
  }

  private test(): Test {
    const { cursor } = this;
    const operator = cursor.peek();
    const comparison = operator.kind === 'symbol' ? comparisonOperators.get(operator.text) : undefined;
    if (comparison !== undefined) {
      return { kind: 'comparison', operator: comparison, value: this.value(cursor.take()) };
    }
    if (isSymbol(operator, '=~') || isSymbol(operator, '!~')) {
      return { kind: 'match', pattern: this.value(cursor.take()), negated: operator.text === '!~' };
    }
    if (cursor.takeKeyword('IS')) {
      const negated = cursor.takeKeyword('NOT');
      if (cursor.takeKeyword('NULL')) return { kind: 'missing', negated };
      const message = 'After IS stands NULL or NOT NULL; to compare with a value, write =.';
      throw this.error({ message, span: operator.span });
    }
    const negated = cursor.takeKeyword('NOT');
    const keyword = cursor.peek();
    if (cursor.takeKeyword('IN')) return { kind: 'in', values: this.list(keyword), negated };
    if (cursor.takeKeyword('LIKE') || cursor.takeKeyword('ILIKE')) {
      const ignoreCase = isKeyword(keyword, 'ILIKE');
      return { kind: 'like', pattern: this.value(keyword), ignoreCase, negated };
    }
    if (cursor.takeKeyword('BETWEEN')) {
      const low = this.value(keyword);
      if (!cursor.takeKeyword('AND')) {
        const message = 'BETWEEN takes two values: duration BETWEEN 1s AND 2s.';
        throw this.error({ message, span: cursor.peek().kind === 'end' ? keyword.span : cursor.peek().span });
      }
      return { kind: 'between', low, high: this.value(cursor.previous()), negated };
    }
    if (negated) {
      const message =
        'Behind a field, NOT stands before IN, LIKE, ILIKE or BETWEEN; for "not equal" write !=.';
      throw this.error({ message, span: operator.span });
    }
    throw this.error(missingOperator(cursor));
  }

  private list(keyword: Token): Literal[] {
    const { cursor } = this;
    if (!cursor.takeSymbol('(')) {
      const message = 'The values of IN stand in parentheses: IN ("a", "b").';
      throw this.error({ message, span: cursor.peek().kind === 'end' ? keyword.span : cursor.peek().span });
    }
    const opening = cursor.previous();
    const values = [this.value(keyword)];
    while (cursor.takeSymbol(',')) values.push(this.value(cursor.previous()));
    if (cursor.takeSymbol(')')) return values;
    throw cursor.peek().kind === 'end'
      ? this.error({ message: 'This parenthesis is not closed.', span: opening.span })
      : this.error({
          message: 'Between the values of IN stands a comma; a value of several words stands in quotes.',
          span: cursor.peek().span,
        });
  }

  private value(operator: Token): Literal {
    const { cursor } = this;
    const token = cursor.peek();
    const isValue = token.kind === 'string' || (token.kind === 'word' && !isReserved(token));
    if (!isValue) throw this.error(missingValue(cursor, operator));
    cursor.take();
    if (token.kind === 'string') return { text: token.text, quoted: true, span: token.span };
    const next = cursor.peek();
    if (isSymbol(next, '(')) throw this.error(functionCall(token));
    if (next.kind !== 'word' || !isSplitQuantity(token.text, next.text)) {
      return { text: token.text, quoted: false, span: token.span };
    }
    cursor.take();
    return { text: `${token.text}${next.text}`, quoted: false, span: cursor.spanFrom(token.span) };
  }

  private error({ message, span }: Mistake): InputError {
    return new InputError(message, { text: this.source, ...span });
  }
}
