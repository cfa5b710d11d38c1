import { parseDuration, parseNumber } from '../number-literal.ts';

/** The value of a number with or without a sign; undefined where the text is none. */
export function signedNumber(text: string): number | undefined {
  const sign = /^[+-]/.exec(text)?.[0] ?? '';
  const value = parseNumber(text.slice(sign.length));
  return value !== undefined && sign === '-' ? -value : value;
}

/** The value of a number with or without a sign. Throws a SyntaxError. */
export function toNumber(text: string): number {
  const value = signedNumber(text);
  if (value === undefined) throw new SyntaxError(`${text} is no number`);
  return value;
}

/** The milliseconds of a duration with or without a sign; a bare 0 is one too. Throws a SyntaxError. */
export function toMilliseconds(text: string): number {
  const sign = /^[+-]/.exec(text)?.[0] ?? '';
  const digits = text.slice(sign.length);
  const seconds = digits === '0' ? 0 : parseDuration(digits);
  if (seconds === undefined) throw new SyntaxError(`${text} is no duration`);
  return Math.round(seconds * 1000) * (sign === '-' ? -1 : 1);
}
