import type { AtModifier, DurationExpr, Expr, MatrixSelector, Subquery, VectorSelector } from './ast.ts';
import { checkedSubquery } from './check.ts';
import type { Token } from './lexer.ts';
import { readDuration, readOffset } from './parse-duration.ts';
import { readNumber } from './parse-matching.ts';
import type { TokenStream } from './token-stream.ts';

type Selection = VectorSelector | MatrixSelector | Subquery;

/** Reads what may follow a selector, in any order: a range or subquery, offset, @, anchored, smoothed. */
export function readPostfixes(tokens: TokenStream, operand: Expr): Expr {
  let expr = operand;
  for (let count = 0; ; count++) {
    if (count > 100) throw tokens.fail('an expression has at most 100 ranges and modifiers', tokens.peek());
    const token = tokens.peek();
    if (token.kind === '[') expr = readBrackets(tokens, expr);
    else if (token.kind === '@') expr = readAt(tokens, expr);
    else if (tokens.acceptWord('offset')) expr = readOffsetOf(tokens, expr, token);
    else if (tokens.acceptWord('anchored')) expr = extend(tokens, expr, 'anchored', token);
    else if (tokens.acceptWord('smoothed')) expr = extend(tokens, expr, 'smoothed', token);
    else return expr;
  }
}

function readBrackets(tokens: TokenStream, expr: Expr): Expr {
  const open = tokens.next();
  const range = readDuration(tokens);
  if (tokens.accept(':')) {
    const step = tokens.peek().kind === ']' ? undefined : readDuration(tokens);
    const { end } = tokens.expect(']', 'an operator or ]');
    return checkedSubquery(tokens, { expr, range, step, span: { start: expr.span.start, end } });
  }
  const { end } = tokens.expect(']', 'an operator, ] or a colon (for a subquery)');
  const place = { start: open.start, end };
  if (expr.kind !== 'vectorSelector') {
    throw tokens.fail('only a selector has a range; a subquery has a colon: (…)[5m:]', place);
  }
  if (isSet(expr.offset)) throw tokens.fail('the range comes before the offset: m[5m] offset 1h', place);
  if (expr.at !== undefined) throw tokens.fail('the range comes before @: m[5m] @ 1700000000', place);
  return {
    kind: 'matrixSelector',
    type: 'matrix',
    selector: expr,
    range,
    span: { start: expr.span.start, end },
  };
}

// Prometheus takes an offset of 0 for none.
function isSet(offset: DurationExpr | undefined): boolean {
  return offset !== undefined && !(offset.kind === 'literal' && Math.round(offset.seconds * 1e9) === 0);
}

function selection(tokens: TokenStream, expr: Expr, modifier: string, place: Token): Selection {
  if (expr.kind === 'vectorSelector' || expr.kind === 'matrixSelector' || expr.kind === 'subquery')
    return expr;
  throw tokens.fail(
    `${modifier} only goes right behind a selector or a subquery: write it inside, as in sum(m ${modifier} …)`,
    { start: place.start, end: place.end },
  );
}

function withTime(
  expr: Selection,
  time: { readonly offset: DurationExpr } | { readonly at: AtModifier },
  end: number,
): Selection {
  const span = { start: expr.span.start, end };
  if (expr.kind !== 'matrixSelector') return { ...expr, ...time, span };
  return { ...expr, selector: { ...expr.selector, ...time }, span };
}

function readOffsetOf(tokens: TokenStream, expr: Expr, keyword: Token): Expr {
  const target = selection(tokens, expr, 'offset', keyword);
  const offset = readOffset(tokens);
  const before = target.kind === 'matrixSelector' ? target.selector.offset : target.offset;
  if (isSet(before)) throw tokens.fail('there is an offset already', { ...keyword, end: offset.span.end });
  return withTime(target, { offset }, offset.span.end);
}

function readAt(tokens: TokenStream, expr: Expr): Expr {
  const sign = tokens.next();
  const target = selection(tokens, expr, '@', sign);
  const before = target.kind === 'matrixSelector' ? target.selector.at : target.at;
  const at = readAtTime(tokens);
  if (before !== undefined)
    throw tokens.fail('there is an @ already', { start: sign.start, end: tokens.lastEnd });
  return withTime(target, { at }, tokens.lastEnd);
}

function readAtTime(tokens: TokenStream): AtModifier {
  const token = tokens.peek();
  const bound = tokens.acceptWord('start', 'end');
  if (bound !== undefined) {
    const kind = bound.text.toLowerCase() === 'start' ? 'start' : 'end';
    tokens.expect('(', `( after @ ${kind}`);
    tokens.expect(')', `) after @ ${kind}(`);
    return { kind };
  }
  const sign = tokens.accept('+') ?? tokens.accept('-');
  const number = readNumber(tokens, 'a Unix time in seconds, start() or end()');
  const seconds = sign?.kind === '-' ? -number : number;
  if (!(Math.abs(seconds) < 2 ** 63)) {
    throw tokens.fail('this is no time: @ takes a Unix time in seconds', { ...token, end: tokens.lastEnd });
  }
  return { kind: 'timestamp', ms: Math.sign(seconds) * Math.round(Math.abs(seconds) * 1000) };
}

function extend(tokens: TokenStream, expr: Expr, extension: 'anchored' | 'smoothed', place: Token): Expr {
  const selector = expr.kind === 'matrixSelector' ? expr.selector : expr;
  if (selector.kind !== 'vectorSelector') {
    throw tokens.fail(`${extension} only goes with a range selector: m[5m] ${extension}`, place);
  }
  if (selector.extension !== undefined && selector.extension !== extension) {
    throw tokens.fail("a selector can't be both anchored and smoothed: choose one", place);
  }
  const span = { start: expr.span.start, end: place.end };
  if (expr.kind !== 'matrixSelector') return { ...selector, extension, span };
  return { ...expr, selector: { ...selector, extension }, span };
}
