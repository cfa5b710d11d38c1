/**
 * An estimate of the tokens that text costs in o200k_base, on the safe side: measured on log bodies it is
 * 1.05 to 1.3 of the real number, and not below it for random hexadecimal, base64, punctuation, Chinese,
 * emoji and other text that makes many tokens. It follows how that encoding parts text: words, digits in
 * threes, punctuation, white space.
 */
export function estimateTokens(text: string): number {
  let tokens = 0;
  for (let i = 0; i < text.length; ) {
    const code = text.charCodeAt(i);
    const end = endOfRun(text, i, classOf(code));
    tokens += tokensOfRun(text, i, end, classOf(code));
    i = end;
  }
  return Math.ceil(tokens);
}

type CharacterClass = 'digit' | 'letter' | 'space' | 'break' | 'punctuation' | 'two bytes' | 'other';

function classOf(code: number): CharacterClass {
  if (code >= 0x30 && code <= 0x39) return 'digit';
  if (isUpper(code) || isLower(code)) return 'letter';
  if (code === 0x20) return 'space';
  if (code < 0x20) return 'break';
  if (code < 0x80) return 'punctuation';
  return code < 0x800 ? 'two bytes' : 'other';
}

/** A run of letters ends before a capital that follows a small letter: `getTripResponse` is three. */
function endOfRun(text: string, start: number, kind: CharacterClass): number {
  let end = start + 1;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (classOf(code) !== kind) break;
    if (kind === 'letter' && isUpper(code) && isLower(text.charCodeAt(end - 1))) break;
  }
  return end;
}

function tokensOfRun(text: string, start: number, end: number, kind: CharacterClass): number {
  const length = end - start;
  switch (kind) {
    case 'digit':
      return Math.ceil(length / 3);
    case 'letter':
      return tokensOfLetters(text, start, end);
    case 'space':
      return length === 1 ? 0.1 : 1 + length / 40;
    case 'break':
      return length;
    case 'punctuation':
      return 1 + (length - 1) * 0.75;
    case 'two bytes':
      return length * 1.1;
    case 'other':
      // A surrogate pair is two units, and up to four tokens.
      return length * 2.3;
  }
}

/** Words are one token or two; what is no word (beside a digit, or short of vowels) is many. */
function tokensOfLetters(text: string, start: number, end: number): number {
  const length = end - start;
  const besideDigit =
    classOf(text.charCodeAt(start - 1)) === 'digit' || classOf(text.charCodeAt(end)) === 'digit';
  if (length <= 2) return besideDigit ? length * 0.85 : 1;
  const vowels = text.slice(start, end).match(/[aeiouy]/gi)?.length ?? 0;
  if (besideDigit || vowels * 4 < length) return length / 1.5;
  return 1 + Math.max(0, length - 5) * 0.2;
}

function isUpper(code: number): boolean {
  return code >= 0x41 && code <= 0x5a;
}

function isLower(code: number): boolean {
  return code >= 0x61 && code <= 0x7a;
}

/** Something of an answer that can be less: `most` is all of it, `least` what it may shrink to. */
export interface Dimension<Name extends string> {
  readonly name: Name;
  readonly most: number;
  readonly least: number;
}

export type Limits<Name extends string> = Readonly<Record<Name, number>>;

/**
 * The fullest text of at most `maxTokens` (as estimated). The dimensions shrink one after another, in the
 * order given, each by as little as does. With all of them at their least the text has to fit.
 *
 * @param atLeast tokens that a layout costs at least: what can't fit is not laid out to find that
 */
export function fitToBudget<Name extends string>(
  dimensions: readonly Dimension<Name>[],
  maxTokens: number,
  layout: (limits: Limits<Name>) => string,
  atLeast: (limits: Limits<Name>) => number = () => 0,
): string {
  const fits = (limits: Limits<Name>) =>
    atLeast(limits) <= maxTokens && estimateTokens(layout(limits)) <= maxTokens;
  const limits = Object.fromEntries(dimensions.map(({ name, most }) => [name, most])) as Record<Name, number>;
  for (const { name, most, least } of dimensions) {
    if (fits(limits)) break;
    if (most <= least) continue;
    limits[name] = largest(least, most - 1, (value) => fits({ ...limits, [name]: value }));
  }
  return layout(limits);
}

/** The largest whole number of the range that fits; the least where none does. Larger ones fit less. */
export function largest(least: number, most: number, fits: (value: number) => boolean): number {
  let low = least;
  for (let high = most + 1; low < high - 1; ) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}
