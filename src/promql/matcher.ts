import type { Matcher } from './ast.ts';
import { compilePattern } from './pattern.ts';

/**
 * Makes a test of a label's value; a missing label has the empty one. Patterns are RE2, are matched
 * against the whole value, and their `.` matches a newline too.
 *
 * @throws {SyntaxError} where the pattern is none (the parser has checked those of a query).
 */
export function compileMatcher(matcher: Matcher): (value: string) => boolean {
  const { op, value } = matcher;
  if (op === '=') return (text) => text === value;
  if (op === '!=') return (text) => text !== value;
  const matches = patternTest(value);
  return op === '=~' ? matches : (text) => !matches(text);
}

function patternTest(pattern: string): (text: string) => boolean {
  if (pattern === '.*') return () => true;
  if (pattern === '.+') return (text) => text !== '';
  // Alternatives of plain text need no automaton.
  const alternatives = pattern.split('|');
  if (alternatives.every((text) => !/[\\^$.*+?()[\]{}]/.test(text))) {
    const texts = new Set(alternatives);
    return (text) => texts.has(text);
  }
  const compiled = compilePattern(pattern);
  return (text) => compiled.testExact(text);
}
