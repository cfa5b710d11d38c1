import type { DurationExpr, DurationLiteral, Span } from './ast.ts';
import { maxDurationSeconds } from './duration.ts';
import { parseDuration, parseNumber } from './number-literal.ts';
import type { TokenStream } from './token-stream.ts';

const wanted = 'a duration (5m), a number of seconds, step(), range(), min_of() or max_of()';

const operators = [
  { op: '+', precedence: 1 },
  { op: '-', precedence: 1 },
  { op: '*', precedence: 2 },
  { op: '/', precedence: 2 },
  { op: '%', precedence: 2 },
  { op: '^', precedence: 3 },
] as const;

const signPrecedence = 2;

/** Reads the duration of a range or of a subquery's step. */
export function readDuration(tokens: TokenStream): DurationExpr {
  const duration = readOperators(tokens, 1);
  if (duration.kind === 'literal' && duration.seconds <= 0) {
    throw tokens.fail('a range and a step must be longer than 0, such as 5m', duration.span);
  }
  return duration;
}

/**
 * Reads the duration after `offset`. What looks complete ends there: in `m offset 5m * 2` the offset is 5m,
 * and so it is with a call, and with a parenthesis after a sign. Only a parenthesis without a sign, or two
 * signs, begin a whole calculation.
 */
export function readOffset(tokens: TokenStream): DurationExpr {
  const first = tokens.peek();
  const signed = first.kind === '+' || first.kind === '-';
  const kind = signed ? tokens.kindAfterNext() : first.kind;
  const isWhole = signed ? kind === '+' || kind === '-' : kind === '(';
  return isWhole ? readOperators(tokens, 1) : readOperand(tokens, signPrecedence + 2);
}

function readOperators(tokens: TokenStream, least: number): DurationExpr {
  return tokens.nest(() => {
    let left = readOperand(tokens, signPrecedence + 1);
    for (let length = 0; ; length++) {
      const sign = tokens.peek();
      const operator = operators.find(({ op }) => op === sign.kind);
      if (operator === undefined || operator.precedence < least) return left;
      if (length > 100) throw tokens.fail('a duration has at most 100 operators', sign);
      tokens.next();
      const right = readOperators(
        tokens,
        operator.op === '^' ? operator.precedence : operator.precedence + 1,
      );
      if ((operator.op === '/' || operator.op === '%') && right.kind === 'literal' && right.seconds === 0) {
        throw tokens.fail('a duration is divided by 0', right.span);
      }
      left = { kind: 'binary', op: operator.op, left, right, span: join(left.span, right.span) };
    }
  });
}

// An operand with its signs, which reach over operators of the given precedence and tighter ones.
function readOperand(tokens: TokenStream, signReach: number): DurationExpr {
  const sign = tokens.accept('+') ?? tokens.accept('-');
  if (sign === undefined) return readPrimary(tokens);
  const operand = signReach > 3 ? readOperand(tokens, signReach) : readOperators(tokens, signReach);
  const span = join(sign, operand.span);
  const op = sign.kind === '-' ? '-' : '+';
  if (operand.kind !== 'literal') return { kind: 'unary', op, operand, span };
  return { ...operand, seconds: op === '-' ? -operand.seconds : operand.seconds, span };
}

function readPrimary(tokens: TokenStream): DurationExpr {
  const token = tokens.peek();
  if (tokens.accept('(')) {
    const operand = readOperators(tokens, 1);
    const end = tokens.expect(')', 'an operator or )').end;
    return { kind: 'paren', operand, span: { start: token.start, end } };
  }
  if (token.kind === 'number' || token.kind === 'duration') return readLiteral(tokens);
  const name = tokens.word();
  if (name === 'step' || name === 'range') {
    tokens.next();
    tokens.expect('(', `( after ${name}`);
    const end = tokens.expect(')', `) after ${name}(`).end;
    return { kind: 'parameter', name, span: { start: token.start, end } };
  }
  if (name === 'min_of' || name === 'max_of') {
    tokens.next();
    tokens.expect('(', `( after ${name}`);
    const left = readOperators(tokens, 1);
    tokens.expect(',', 'a comma and a second duration');
    const right = readOperators(tokens, 1);
    const end = tokens.expect(')', ')').end;
    return { kind: 'choice', name, left, right, span: { start: token.start, end } };
  }
  throw tokens.unexpected(wanted);
}

function readLiteral(tokens: TokenStream): DurationLiteral {
  const token = tokens.next();
  const units = token.kind === 'duration';
  const seconds = units ? parseDuration(token.text) : parseNumber(token.text);
  if (seconds === undefined) throw tokens.fail(literalProblem(token.text, units), token);
  if (Math.abs(seconds) > maxDurationSeconds) {
    throw tokens.fail(`${token.text} is too long: a duration has at most 292 years`, token);
  }
  return { kind: 'literal', seconds, units, span: { start: token.start, end: token.end } };
}

/** What is wrong with a number or a duration that looks like one and is none. */
export function literalProblem(text: string, isDuration: boolean): string {
  if (!isDuration) return `${text} is no number that a 64-bit float can hold`;
  return `${text} is no duration: the units y w d h m s ms come in this order, each once (1h30m), 292 years in all`;
}

function join(first: Span, last: Span): Span {
  return { start: first.start, end: last.end };
}
