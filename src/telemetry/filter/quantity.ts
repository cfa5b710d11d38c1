import { type Decimal, parseDecimal, parseDuration, scale } from '../duration.ts';

/** A number with a unit, in ns or in bytes. */
export interface Quantity {
  readonly dimension: 'duration' | 'size';
  readonly amount: Decimal;
}

const durationUnits: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['µs', 1_000n],
  ['μs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
]);

const sizeUnits: ReadonlyMap<string, bigint> = new Map([
  ['B', 1n],
  ['KB', 1_000n],
  ['MB', 1_000_000n],
  ['GB', 1_000_000_000n],
  ['KiB', 1n << 10n],
  ['MiB', 1n << 20n],
  ['GiB', 1n << 30n],
]);

/** How the units are named where one is wrong. */
export const unitNames = { duration: 'ns us ms s m h', size: 'B KB MB GB KiB MiB GiB' } as const;

const pattern = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([A-Za-zµμ]+)$/;

/** Reads a number with a unit (`500ms`, `1.5s`, `1m30s`, `10KiB`); undefined where the text is none. */
export function parseQuantity(text: string): Quantity | undefined {
  const [, number, unit = ''] = pattern.exec(text) ?? [];
  const value = number === undefined ? undefined : parseDecimal(number);
  if (value === undefined) {
    const amount = parseDuration(text);
    return amount && { dimension: 'duration', amount };
  }
  const duration = durationUnits.get(unit);
  if (duration !== undefined) return { dimension: 'duration', amount: scale(value, duration) };
  const size = sizeUnits.get(unit);
  return size === undefined ? undefined : { dimension: 'size', amount: scale(value, size) };
}

/** A number and, as a word of its own, its unit: `500 ms`. */
export function isSplitQuantity(number: string, unit: string): boolean {
  return parseDecimal(number) !== undefined && (durationUnits.has(unit) || sizeUnits.has(unit));
}
