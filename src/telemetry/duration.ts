/**
 * Durations as people write them: `30s`, `1.5h`, `1h30m`, `-5m`. Units: ns, us, ms, s, m, h, d, w.
 */

/** A decimal number, exactly: `digits` × 10^`exponent`. */
export interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

const unitLengths: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['µs', 1_000n],
  ['μs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
  ['d', 86_400_000_000_000n],
  ['w', 604_800_000_000_000n],
]);

const decimalPattern = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:[eE]([+-]?\d{1,6}))?$/;
const partPattern = /(\d+(?:\.\d*)?|\.\d+)([a-zµμ]+)/y;

/** Longer texts are no durations or numbers that anyone means. */
const maximumLength = 400;

/** Reads a decimal number (sign, digits, fraction, exponent), without losing a digit. */
export function parseDecimal(text: string): Decimal | undefined {
  if (text.length > maximumLength) return undefined;
  const match = decimalPattern.exec(text);
  const [, sign, number, exponent] = match ?? [];
  if (number === undefined) return undefined;
  const [whole = '', fraction = ''] = number.split('.');
  return {
    digits: BigInt(`${whole}${fraction}`) * (sign === '-' ? -1n : 1n),
    exponent: Number(exponent ?? 0) - fraction.length,
  };
}

/** The nearest double; infinite where it is too large for one. */
export function toNumber({ digits, exponent }: Decimal): number {
  return Number(`${digits}e${exponent}`);
}

/** The product of a decimal number and an integer. */
export function scale({ digits, exponent }: Decimal, factor: bigint): Decimal {
  return { digits: digits * factor, exponent };
}

/**
 * Reads one or more numbers with units, the larger units first, as ns: `1h30m`, `1.5s`, `-5m`.
 * Undefined where the text is no duration; a number without a unit is none.
 */
export function parseDuration(text: string): Decimal | undefined {
  if (text.length > maximumLength) return undefined;
  const sign = text.startsWith('-') ? -1n : 1n;
  let position = /^[+-]/.test(text) ? 1 : 0;
  let sum: Decimal | undefined;
  let previous: bigint | undefined;
  while (position < text.length) {
    partPattern.lastIndex = position;
    const [part, number, unit] = partPattern.exec(text) ?? [];
    const length = unitLengths.get(unit ?? '');
    const value = parseDecimal(number ?? '');
    if (part === undefined || length === undefined || value === undefined) return undefined;
    if (previous !== undefined && length >= previous) return undefined;
    sum = add(sum, scale(value, sign * length));
    previous = length;
    position += part.length;
  }
  return sum;
}

/** The whole nanoseconds of a duration; a fraction of one is dropped. */
export function wholeNanoseconds({ digits, exponent }: Decimal): bigint {
  // No text that is read here has as many digits.
  if (exponent < -2 * maximumLength) return 0n;
  return exponent < 0 ? digits / 10n ** BigInt(-exponent) : digits * 10n ** BigInt(exponent);
}

function add(a: Decimal | undefined, b: Decimal): Decimal {
  if (a === undefined) return b;
  const exponent = Math.min(a.exponent, b.exponent);
  const shift = (value: Decimal) => value.digits * 10n ** BigInt(value.exponent - exponent);
  return { digits: shift(a) + shift(b), exponent };
}

/** Units in which `formatDuration` writes, the largest first. */
const writtenUnits = ['h', 'm', 's', 'ms', 'us', 'ns'];

/** Writes whole nanoseconds in the largest unit that needs no fraction: 1500000000 is `1500ms`. */
export function formatDuration(ns: bigint): string {
  for (const unit of writtenUnits) {
    const length = unitLengths.get(unit) ?? 1n;
    if (ns !== 0n && ns % length === 0n) return `${ns / length}${unit}`;
  }
  return `${ns}ns`;
}
