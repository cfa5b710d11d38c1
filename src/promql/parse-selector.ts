import type { Matcher, MatchOp, VectorSelector } from './ast.ts';
import type { Token } from './lexer.ts';
import { compilePattern, expandedLength } from './pattern.ts';
import { type StringProblem, unquote } from './string-literal.ts';
import { maxPatternLength, type TokenStream } from './token-stream.ts';

/** Reads a string. */
export function readString(tokens: TokenStream): { readonly value: string; readonly token: Token } {
  const token = tokens.expect('string', 'a string between quotes');
  const value = unquote(token.text);
  if (typeof value === 'string') return { value, token };
  throw stringError(tokens, token, value);
}

function stringError(tokens: TokenStream, token: Token, { problem, start, end }: StringProblem): Error {
  return tokens.fail(problem, { start: token.start + start, end: token.start + end });
}

/** Reads a selector: a name, matchers between braces, or both. What follows it (offset, @, a range) stays. */
export function readSelector(tokens: TokenStream): VectorSelector {
  const first = tokens.peek();
  const name = first.kind === 'identifier' ? tokens.next().text : undefined;
  const matchers = name === undefined || tokens.peek().kind === '{' ? readMatchers(tokens) : [];
  const span = { start: first.start, end: tokens.lastEnd };
  if (name !== undefined) {
    const second = matchers.find(({ label }) => label === '__name__');
    if (second !== undefined) {
      const message = `the metric's name is given twice, as ${name} and as ${second.value}; write it once`;
      throw tokens.fail(message, span);
    }
    matchers.push({ label: '__name__', op: '=', value: name });
  }
  return {
    kind: 'vectorSelector',
    type: 'vector',
    name,
    matchers,
    offset: undefined,
    at: undefined,
    extension: undefined,
    span,
  };
}

function readMatchers(tokens: TokenStream): Matcher[] {
  tokens.expect('{', 'a metric or {');
  const matchers: Matcher[] = [];
  while (!tokens.accept('}')) {
    matchers.push(readMatcher(tokens));
    if (tokens.accept(',')) continue;
    tokens.expect('}', 'a comma or }');
    break;
  }
  return matchers;
}

function readMatcher(tokens: TokenStream): Matcher {
  const first = tokens.peek();
  if (first.kind !== 'identifier' && first.kind !== 'string') {
    throw tokens.unexpected('a label, such as job="api", or }');
  }
  const label = first.kind === 'string' ? readString(tokens).value : tokens.next().text;
  const operator = tokens.peek();
  const op = matchOp(operator.kind);
  if (op === undefined) {
    if (operator.kind === '==') throw tokens.fail('labels are compared with one =, not with ==', operator);
    if (operator.kind === ':') {
      throw tokens.fail(`a label with a colon needs quotes: {"${label}:…"="…"}`, {
        ...first,
        end: operator.end,
      });
    }
    if (first.kind === 'identifier') throw tokens.unexpected(`=, !=, =~ or !~ after the label ${label}`);
    return { label: '__name__', op: '=', value: label };
  }
  tokens.next();
  if (tokens.peek().kind !== 'string') throw tokens.unexpected('a value between quotes');
  const { value, token } = readString(tokens);
  if (op === '=~' || op === '!~') checkPattern(tokens, value, token);
  return { label, op, value };
}

function matchOp(kind: Token['kind']): MatchOp | undefined {
  return kind === '=' || kind === '!=' || kind === '=~' || kind === '!~' ? kind : undefined;
}

function checkPattern(tokens: TokenStream, pattern: string, token: Token): void {
  tokens.patternLength += expandedLength(pattern);
  if (tokens.patternLength > maxPatternLength) {
    const limit = `at most ${maxPatternLength} characters, repeats multiplied out`;
    throw tokens.fail(`the regular expressions are too large: all of a query have ${limit}`, token);
  }
  if (!/[\\^$.*+?()[\]{}]/.test(pattern)) return;
  try {
    compilePattern(pattern);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw tokens.fail(`this is no regular expression (RE2): ${error.message}`, token);
  }
}
