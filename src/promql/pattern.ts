import { type Matcher, RE2JS, RE2JSException } from 're2js';
import { InputError } from '../telemetry/input-error.ts';

/** Milliseconds that one pattern may take for all values together: meanwhile nothing else runs. */
const mostMilliseconds = 2_000;
/** The expanded length of a pattern times the characters of a value: about 2 s, where it is at its worst. */
const mostSteps = 5_000_000;

/**
 * A regular expression (RE2) as PromQL means it: it matches the whole value, and `.` matches a newline.
 * What it costs is bounded: an automaton of thousands of states may take a second for each value.
 */
export class Pattern {
  readonly #compiled: RE2JS;
  readonly #length: number;
  readonly #now: () => number;
  #spent = 0;

  /**
   * @param now a clock in milliseconds
   * @throws {SyntaxError} that says what is wrong with the pattern
   */
  constructor(pattern: string, now: () => number = () => performance.now()) {
    this.#compiled = compilePattern(pattern);
    this.#length = expandedLength(pattern);
    this.#now = now;
  }

  /** The indices of named groups. */
  get groups(): Readonly<Record<string, number>> {
    return this.#compiled.namedGroups();
  }

  /** @throws {InputError} where the pattern takes too long on this value, or on all so far */
  test(value: string): boolean {
    return this.#bounded(value, () => this.#compiled.testExact(value));
  }

  /** The groups of a value that matches; undefined for one that does not. Throws as `test` does. */
  match(value: string): Matcher | undefined {
    return this.#bounded(value, () => {
      const matcher = this.#compiled.matcher(value);
      return matcher.matches() ? matcher : undefined;
    });
  }

  #bounded<T>(value: string, run: () => T): T {
    if (this.#spent > mostMilliseconds || this.#length * value.length > mostSteps) throw tooSlow();
    const start = this.#now();
    const result = run();
    this.#spent += this.#now() - start;
    return result;
  }
}

function tooSlow(): InputError {
  return new InputError(
    'A regular expression takes too long on the values of its label. Write it with fewer repeats such as {100}, with plain texts such as "a|b", or select fewer series by other labels.',
  );
}

/** Compiles a pattern, or throws a SyntaxError that says what is wrong with it. */
export function compilePattern(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern, RE2JS.DOTALL);
  } catch (error) {
    if (error instanceof RE2JSException) {
      // The library quotes the pattern with the flag that it put in front.
      throw new SyntaxError(error.message.replace('error parsing regexp: ', '').replace('`(?s)', '`'));
    }
    throw error;
  }
}

const piece = /\\[pPx]\{[^}]*\}|\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]?|\{(\d+)(?:,(\d*))?\}|[\s\S]/y;

/**
 * How many characters and classes a pattern has with its repeats multiplied out, which is what compiling
 * costs: some 10 µs each. For a pattern that is wrong the number means nothing.
 */
export function expandedLength(pattern: string): number {
  // For each open group: the length so far, and that of its last item, which a repeat multiplies.
  const groups = [{ total: 0, last: 0 }];
  const append = (length: number): void => {
    const group = groups.at(-1);
    if (group === undefined) return;
    group.total += length;
    group.last = length;
  };
  piece.lastIndex = 0;
  for (let match = piece.exec(pattern); match !== null; match = piece.exec(pattern)) {
    const [text, least, most] = match;
    if (text === '(') {
      groups.push({ total: 1, last: 0 });
    } else if (text === ')' && groups.length > 1) {
      append(groups.pop()?.total ?? 0);
    } else if (least !== undefined) {
      const last = groups.at(-1)?.last ?? 0;
      append(last * (Math.max(Number(least) + 1, Number(most ?? 0)) - 1));
    } else {
      append(1);
    }
  }
  while (groups.length > 1) append(groups.pop()?.total ?? 0);
  return groups[0]?.total ?? 0;
}

/** The texts of a pattern that is nothing but texts with `|` in between; undefined for any other. */
export function literalAlternatives(source: string): string[] | undefined {
  const texts = [''];
  for (const [piece] of source.matchAll(/\\?[\s\S]/gu)) {
    if (piece === '|') texts.push('');
    else if (/^\\[!-/:-@[-`{-~]$/.test(piece)) texts.push(`${texts.pop()}${piece.slice(1)}`);
    else if (piece.startsWith('\\') || /^[.+*?()[\]{}^$]$/.test(piece)) return undefined;
    else texts.push(`${texts.pop()}${piece}`);
  }
  return texts;
}
