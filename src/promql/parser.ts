import { nearest } from '../telemetry/nearest.ts';
import { type Aggregate, children, type Expr, type Matcher, type VectorSelector } from './ast.ts';
import { checkArguments, checkedAggregate, checkedBinary, checkedUnary } from './check.ts';
import { functions } from './functions.ts';
import { aggregations, binaryOperators, signPrecedence, wordsThatAreNoMetric } from './keywords.ts';
import { compileMatcher } from './matcher.ts';
import { readLabels, readModifiers, readNumber } from './parse-matching.ts';
import { readPostfixes } from './parse-postfix.ts';
import { readSelector, readString } from './parse-selector.ts';
import { TokenStream } from './token-stream.ts';

/** How high a syntax tree may be: a chain of this many operators in a row, say. */
export const maxHeight = 500;

const functionAndAggregationNames: readonly string[] = [...functions.keys(), ...aggregations.keys()];

/**
 * Parses a query of Prometheus 3, with everything that Prometheus has behind flags, and checks types,
 * arguments and modifiers. Throws an InputError with line, column and place, which says what would be right.
 */
export function parseQuery(text: string): Expr {
  const tokens = new TokenStream(text);
  if (tokens.peek().kind === 'end') throw tokens.fail('the query is empty', { start: 0, end: text.length });
  const expr = readExpr(tokens, 1);
  if (tokens.peek().kind !== 'end') throw tokens.unexpected('an operator or the end of the query');
  checkHeight(tokens, expr);
  checkSelectors(tokens, expr);
  return expr;
}

/**
 * Parses a series selector alone (`up{job="api"}`, as in the parameter match[]) into its matchers. Throws
 * an InputError as parseQuery does, also where it would select everything.
 */
export function parseSelector(text: string): readonly Matcher[] {
  const tokens = new TokenStream(text);
  const selector = readSelector(tokens);
  if (tokens.peek().kind !== 'end') throw tokens.unexpected('the end of the selector');
  checkNotEmpty(tokens, selector);
  return selector.matchers;
}

function readExpr(tokens: TokenStream, least: number): Expr {
  return tokens.nest(() => {
    let left = readSigned(tokens);
    for (;;) {
      const token = tokens.peek();
      const operator = binaryOperators.get(token.kind === 'identifier' ? tokens.word() : token.kind);
      if (operator === undefined || operator.precedence < least) return left;
      tokens.next();
      const modifiers = readModifiers(tokens);
      const right = readExpr(tokens, operator.op === '^' ? operator.precedence : operator.precedence + 1);
      left = checkedBinary(
        tokens,
        operator.op,
        { start: token.start, end: token.end },
        modifiers,
        left,
        right,
      );
    }
  });
}

function readSigned(tokens: TokenStream): Expr {
  const sign = tokens.accept('+') ?? tokens.accept('-');
  if (sign === undefined) return readPostfixes(tokens, readPrimary(tokens));
  const expr = readExpr(tokens, signPrecedence + 1);
  return checkedUnary(tokens, sign.kind === '-' ? '-' : '+', expr, { start: sign.start, end: expr.span.end });
}

function readPrimary(tokens: TokenStream): Expr {
  const token = tokens.peek();
  switch (token.kind) {
    case 'number':
    case 'duration':
      return readNumberLiteral(tokens);
    case 'string': {
      const { value } = readString(tokens);
      return { kind: 'string', type: 'string', value, span: { start: token.start, end: token.end } };
    }
    case '(': {
      tokens.next();
      const expr = readExpr(tokens, 1);
      const { end } = tokens.expect(')', 'an operator or )');
      return { kind: 'paren', type: expr.type, expr, span: { start: token.start, end } };
    }
    case '{':
      return readSelector(tokens);
    case 'identifier':
      return readNamed(tokens);
    default:
      throw tokens.unexpected('a metric, a function, a number or (');
  }
}

function readNumberLiteral(tokens: TokenStream): Expr {
  const token = tokens.peek();
  const value = readNumber(tokens, 'a number');
  const span = { start: token.start, end: token.end };
  return { kind: 'number', type: 'scalar', value, duration: token.kind === 'duration', span };
}

function readNamed(tokens: TokenStream): Expr {
  const token = tokens.peek();
  const word = tokens.word();
  if (word === 'inf' || word === 'nan') return readNumberLiteral(tokens);
  const isCalled = tokens.kindAfterNext() === '(';
  if (aggregations.has(word) && (isCalled || ['by', 'without'].includes(tokens.wordAfterNext()))) {
    return readAggregate(tokens);
  }
  if (isCalled) return readCall(tokens);
  if (wordsThatAreNoMetric.has(word)) {
    throw tokens.fail(
      `${token.text} is a keyword; a metric of that name is written {"${token.text}"}`,
      token,
    );
  }
  return readSelector(tokens);
}

function readCall(tokens: TokenStream): Expr {
  const token = tokens.next();
  const signature = functions.get(token.text);
  if (signature === undefined) {
    const [guess] = nearest(token.text, functionAndAggregationNames, 1);
    const hint = guess === undefined ? '' : `; the nearest name is ${guess}`;
    throw tokens.fail(`there is no function ${token.text}${hint}`, token);
  }
  const args = readArguments(tokens);
  const span = { start: token.start, end: tokens.lastEnd };
  checkArguments(tokens, signature, args, span);
  return { kind: 'call', type: signature.returns, name: signature.name, args, span };
}

function readArguments(tokens: TokenStream): readonly Expr[] {
  tokens.expect('(', '(');
  const args: Expr[] = [];
  if (tokens.accept(')')) return args;
  for (;;) {
    args.push(readExpr(tokens, 1));
    const comma = tokens.accept(',');
    if (comma === undefined) break;
    if (tokens.peek().kind === ')') throw tokens.fail('no comma can stand behind the last argument', comma);
  }
  tokens.expect(')', 'an operator, a comma or )');
  return args;
}

function readAggregate(tokens: TokenStream): Expr {
  const token = tokens.next();
  const aggregation = aggregations.get(token.text.toLowerCase());
  if (aggregation === undefined) throw tokens.fail(`there is no aggregation ${token.text}`, token);
  const inFront = readGrouping(tokens);
  if (tokens.peek().kind !== '(') throw tokens.unexpected(`( and the argument of ${token.text}`);
  const args = readArguments(tokens);
  const modifier = inFront ?? readGrouping(tokens) ?? { grouping: [], without: false };
  return checkedAggregate(tokens, aggregation.op, args, modifier, {
    start: token.start,
    end: tokens.lastEnd,
  });
}

function readGrouping(tokens: TokenStream): Pick<Aggregate, 'grouping' | 'without'> | undefined {
  const keyword = tokens.acceptWord('by', 'without')?.text.toLowerCase();
  if (keyword === undefined) return undefined;
  return { grouping: readLabels(tokens, keyword), without: keyword === 'without' };
}

// Everything after the parser may recurse over a tree that passed this.
function checkHeight(tokens: TokenStream, root: Expr): void {
  const pending = [{ expr: root, depth: 1 }];
  for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
    const { expr, depth } = item;
    if (depth > maxHeight) {
      throw tokens.fail(`a query has at most ${maxHeight} operations inside one another`, expr.span);
    }
    for (const child of children(expr)) pending.push({ expr: child, depth: depth + 1 });
  }
}

function checkSelectors(tokens: TokenStream, expr: Expr): void {
  if (expr.kind === 'vectorSelector') checkNotEmpty(tokens, expr);
  // The labels in info() select nothing by themselves.
  const selecting = expr.kind === 'call' && expr.name === 'info' ? expr.args.slice(0, 1) : children(expr);
  for (const child of selecting) checkSelectors(tokens, child);
}

function checkNotEmpty(tokens: TokenStream, { name, matchers, span }: VectorSelector): void {
  if (name !== undefined) return;
  // Patterns are the expensive ones, and most selectors without a name have another matcher.
  const byPrice = [...matchers].sort((a, b) => a.op.length - b.op.length);
  if (byPrice.some((matcher) => !compileMatcher(matcher)(''))) return;
  const message =
    'this would select every series: name a metric, or one label that is not empty ({job=~".+"})';
  throw tokens.fail(message, span);
}
