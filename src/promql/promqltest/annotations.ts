import { RE2JS } from 're2js';
import type { EvalCommand, TextExpectation } from './script.ts';

/** What an evaluation said beside its value. */
export interface Annotations {
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

/** How the annotations differ from the expected ones; undefined where they do not. */
export function compareAnnotations(
  { expectations }: EvalCommand,
  { warnings, infos }: Annotations,
): string | undefined {
  if (expectations.noWarn && warnings.length > 0) return `unexpected warning: ${warnings.join(' | ')}`;
  if (expectations.noInfo && infos.length > 0) return `unexpected info: ${infos.join(' | ')}`;
  return (
    compareTexts('warning', expectations.warn, warnings) ?? compareTexts('info', expectations.info, infos)
  );
}

// Where any is expected, each must be.
function compareTexts(
  kind: string,
  expected: readonly TextExpectation[],
  actual: readonly string[],
): string | undefined {
  if (expected.length === 0) return undefined;
  const found = actual.length === 0 ? 'there is none' : `there is: ${actual.join(' | ')}`;
  const missing = expected.find((expectation) => !actual.some((text) => meets(text, expectation)));
  if (actual.length === 0 || missing !== undefined) {
    return `expected ${kind} ${missing?.message ?? missing?.pattern ?? ''}; ${found}`;
  }
  const unexpected = actual.find((text) => !expected.some((expectation) => meets(text, expectation)));
  return unexpected === undefined ? undefined : `unexpected ${kind}: ${unexpected}`;
}

/** Whether a text is the one that is expected. */
export function meets(text: string, { message, pattern }: TextExpectation): boolean {
  if (message !== undefined) return text === message;
  return pattern === undefined || RE2JS.compile(pattern).matcher(text).find();
}
