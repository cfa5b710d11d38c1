import type { MatchCardinality } from './ast.ts';
import { wordsThatAreNoLabel } from './keywords.ts';
import { parseDuration, parseNumber } from './number-literal.ts';
import { literalProblem } from './parse-duration.ts';
import { readString } from './parse-selector.ts';
import { isWellFormed } from './string-literal.ts';
import type { TokenStream } from './token-stream.ts';

/** What stands between a binary operator and its right operand. */
export interface BinaryModifiers {
  readonly returnBool: boolean;
  readonly on: boolean;
  readonly labels: readonly string[];
  readonly cardinality: MatchCardinality;
  readonly include: readonly string[];
  readonly fillLeft: number | undefined;
  readonly fillRight: number | undefined;
}

/** Reads `bool`, `on` or `ignoring`, `group_left` or `group_right`, and fills, in this order, each optional. */
export function readModifiers(tokens: TokenStream): BinaryModifiers {
  const returnBool = tokens.acceptWord('bool') !== undefined;
  const matching = tokens.acceptWord('on', 'ignoring');
  const labels = matching === undefined ? [] : readLabels(tokens, matching.text.toLowerCase());
  let cardinality: MatchCardinality = 'one-to-one';
  let include: readonly string[] = [];
  const group = tokens.acceptWord('group_left', 'group_right');
  if (group !== undefined) {
    const name = group.text.toLowerCase();
    if (matching === undefined) {
      throw tokens.fail(`${name} needs on (…) or ignoring (…) in front of it: on (job) ${name} (…)`, group);
    }
    cardinality = name === 'group_left' ? 'many-to-one' : 'one-to-many';
    if (tokens.peek().kind === '(') include = readLabels(tokens, name);
  }
  const fills = readFills(tokens);
  const late = tokens.peek();
  if (['bool', 'on', 'ignoring', 'group_left', 'group_right'].includes(tokens.word())) {
    const order = 'the order is bool, on (…) or ignoring (…), group_left (…) or group_right (…), fill (…)';
    throw tokens.fail(`${late.text} can't stand here: ${order}, each at most once`, late);
  }
  return {
    returnBool,
    on: matching?.text.toLowerCase() === 'on',
    labels,
    cardinality,
    include,
    ...fills,
  };
}

function readFills(tokens: TokenStream): Pick<BinaryModifiers, 'fillLeft' | 'fillRight'> {
  const nextFill = (): string => (tokens.kindAfterNext() === '(' ? tokens.word() : '');
  if (nextFill() === 'fill') {
    const value = readFillValue(tokens);
    return { fillLeft: value, fillRight: value };
  }
  let fillLeft: number | undefined;
  let fillRight: number | undefined;
  for (;;) {
    const name = nextFill();
    if (name === 'fill_left' && fillLeft === undefined) fillLeft = readFillValue(tokens);
    else if (name === 'fill_right' && fillRight === undefined) fillRight = readFillValue(tokens);
    else return { fillLeft, fillRight };
  }
}

function readFillValue(tokens: TokenStream): number {
  const name = tokens.next().text;
  tokens.expect('(', '(');
  const sign = tokens.accept('+') ?? tokens.accept('-');
  const value = readNumber(tokens, `a number in ${name}(…)`);
  tokens.expect(')', `) after the number of ${name}`);
  return sign?.kind === '-' ? -value : value;
}

/** Reads a number or a duration (its seconds) without a sign; `wanted` says for what. */
export function readNumber(tokens: TokenStream, wanted: string): number {
  const token = tokens.peek();
  const word = tokens.word();
  if (token.kind !== 'number' && token.kind !== 'duration' && word !== 'inf' && word !== 'nan') {
    throw tokens.unexpected(wanted);
  }
  tokens.next();
  const isDuration = token.kind === 'duration';
  const value = isDuration ? parseDuration(token.text) : parseNumber(token.text);
  if (value === undefined) throw tokens.fail(literalProblem(token.text, isDuration), token);
  return value;
}

/** Reads a list of labels between parentheses; `owner` is the keyword in front of it. */
export function readLabels(tokens: TokenStream, owner: string): readonly string[] {
  tokens.expect('(', `( and labels after ${owner}`);
  const labels: string[] = [];
  while (!tokens.accept(')')) {
    labels.push(readLabel(tokens, owner));
    if (tokens.accept(',')) continue;
    tokens.expect(')', 'a comma or )');
    break;
  }
  return labels;
}

function readLabel(tokens: TokenStream, owner: string): string {
  const token = tokens.peek();
  if (token.kind === 'string') {
    const { value } = readString(tokens);
    if (value === '') throw tokens.fail('a label has at least one character', token);
    if (!isWellFormed(value)) throw tokens.fail('a label is valid UTF-8', token);
    return value;
  }
  if (token.kind !== 'identifier') throw tokens.unexpected(`a label of ${owner}, or )`);
  if (wordsThatAreNoLabel.has(tokens.word())) {
    throw tokens.fail(`${token.text} is a keyword; as a label it needs quotes: "${token.text}"`, token);
  }
  return tokens.next().text;
}
