import { RE2JS, RE2JSException } from 're2js';

/**
 * Compiles a regular expression (RE2) as PromQL means it: it matches the whole value, and `.` matches a
 * newline. Use `matches()` or `testExact()` of the result. Throws a SyntaxError that says what is wrong with it.
 */
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
