const units: readonly (readonly [RegExp, string])[] = [
  [/^nano/i, 'ns'],
  [/^micro/i, 'us'],
  [/^(?:milli|ms)/i, 'ms'],
  [/^s/i, 's'],
  [/^m/i, 'm'],
  [/^h/i, 'h'],
  [/^d/i, 'd'],
  [/^w/i, 'w'],
];

/** The short form of a unit of time: `s` for `seconds`; the word itself where it is none. */
export function shortUnit(word: string): string {
  return units.find(([pattern]) => pattern.test(word))?.[1] ?? word;
}

/** Units of time that are written out, up to weeks. */
export const spelledUnits =
  '(?:nanos(?:econds?)?|micros(?:econds?)?|millis(?:econds?)?|msecs?|seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?)';

/** The text with `5 seconds` and `5sec` as `5s`. */
export function withShortUnits(text: string): string {
  return text.replaceAll(
    new RegExp(`(\\d+(?:\\.\\d+)?)\\s*(${spelledUnits})\\b`, 'gi'),
    (_, number: string, word: string) => `${number}${shortUnit(word)}`,
  );
}
