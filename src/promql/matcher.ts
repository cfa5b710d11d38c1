import type { Matcher } from './ast.ts';
import { METRIC_NAME } from './labels.ts';
import { literalAlternatives, Pattern } from './pattern.ts';

/**
 * Makes a test of a label's value; a missing label has the empty one. Patterns are RE2, are matched
 * against the whole value, and their `.` matches a newline too.
 *
 * The test throws an InputError where a pattern takes too long on the values.
 *
 * @param now a clock in milliseconds
 * @throws {SyntaxError} where the pattern is none (the parser has checked those of a query).
 */
export function compileMatcher(matcher: Matcher, now?: () => number): (value: string) => boolean {
  const { op, value } = matcher;
  if (op === '=') return (text) => text === value;
  if (op === '!=') return (text) => text !== value;
  const matches = patternTest(value, now);
  return op === '=~' ? matches : (text) => !matches(text);
}

/** The matcher that says the metric's name, if one does. */
export function nameMatcherIn(matchers: readonly Matcher[]): Matcher | undefined {
  return matchers.find(({ label, op }) => label === METRIC_NAME && op === '=');
}

/** Values of a pattern whose result is kept. */
const mostKnown = 10_000;

function patternTest(pattern: string, now: (() => number) | undefined): (text: string) => boolean {
  if (pattern === '.*') return () => true;
  if (pattern === '.+') return (text) => text !== '';
  // Alternatives of plain text need no automaton.
  const alternatives = literalAlternatives(pattern);
  if (alternatives !== undefined) {
    const texts = new Set(alternatives);
    return (text) => texts.has(text);
  }
  const compiled = new Pattern(pattern, now);
  // Most series have a value that another has too.
  const known = new Map<string, boolean>();
  return (text) => {
    let matches = known.get(text);
    if (matches === undefined) {
      matches = compiled.test(text);
      if (known.size < mostKnown) known.set(text, matches);
    }
    return matches;
  };
}
