import type { Unit } from '../../query/results.ts';

export interface NumberTexts {
  readonly texts: readonly (string | null)[];
  /** Some text has fewer digits than its number. */
  readonly rounded: boolean;
}

/** Units of time as filters take them, in ns; the largest whose `from` (ns) is reached is used. */
const timeUnits = [
  { name: 'h', size: 3600e9, from: 7200e9 },
  { name: 'm', size: 60e9, from: 120e9 },
  { name: 's', size: 1e9, from: 1e9 },
  { name: 'ms', size: 1e6, from: 1e6 },
  { name: 'us', size: 1e3, from: 1e3 },
  { name: 'ns', size: 1, from: 0 },
] as const;

const mostDigits = 17;

/**
 * Texts of the numbers of a column, in order: with as few digits (3 at least for a duration, 4 for a plain
 * number, integers always whole) as tell all different ones apart. Durations carry a unit.
 */
export function numberTexts(values: readonly (number | null)[], unit: Unit | undefined): NumberTexts {
  const different = new Set(values).size;
  for (let digits = isDuration(unit) ? 3 : 4; ; digits++) {
    const texts = values.map((value) => (value === null ? null : textOf(value, unit, digits)));
    if (digits < mostDigits && new Set(texts).size < different) continue;
    const rounded = values.some((value, i) => isRounded(value, numberOf(texts[i] ?? '', unit)));
    return { texts, rounded };
  }
}

/** Numbers in one unit, which stands elsewhere: for a table of many values. 4 significant digits. */
export function numberTextsInOneUnit(
  values: readonly (number | null)[],
  unit: Unit | undefined,
): NumberTexts & { readonly unit: string | undefined } {
  if (!isDuration(unit)) {
    const texts = values.map((value) => (value === null ? null : plainText(value, 4)));
    return { texts, unit, rounded: values.some((value, i) => isRounded(value, Number(texts[i]))) };
  }
  const largest = values.reduce<number>((most, value) => Math.max(most, Math.abs(value ?? 0)), 0);
  const { name, size } = timeUnitOf(inNs(largest, unit));
  const scaled = values.map((value) => (value === null ? null : inNs(value, unit) / size));
  const texts = scaled.map((value) => (value === null ? null : plainText(value, 4)));
  return {
    texts,
    unit: name,
    rounded: scaled.some((value, i) => isRounded(value, Number(texts[i]))),
  };
}

/** A share (0 to 1) in percent. Only all is `100 %`, only nothing is `0 %`. */
export function percent(share: number): string {
  if (share >= 1) return '100 %';
  if (share <= 0) return '0 %';
  if (share < 0.001) return '< 0.1 %';
  if (share > 0.999) return '> 99.9 %';
  return `${Number((share * 100).toFixed(1))} %`;
}

function isDuration(unit: Unit | undefined): boolean {
  return unit === 'ns' || unit === 'ms';
}

function inNs(value: number, unit: Unit | undefined): number {
  return unit === 'ms' ? value * 1e6 : value;
}

function timeUnitOf(ns: number): (typeof timeUnits)[number] {
  return timeUnits.find(({ from }) => Math.abs(ns) >= from) ?? timeUnits[5];
}

function textOf(value: number, unit: Unit | undefined, digits: number): string {
  if (!isDuration(unit)) return plainText(value, digits);
  if (value === 0) return '0 ns';
  const ns = inNs(value, unit);
  // 999.9996 ms rounds to 1 s, so the unit is chosen by what is left after rounding.
  const { name, size } = timeUnitOf(Number(ns.toPrecision(digits)));
  return `${Number((ns / size).toPrecision(digits))} ${name}`;
}

function numberOf(text: string, unit: Unit | undefined): number {
  if (!isDuration(unit)) return Number(text);
  const [number, name] = text.split(' ');
  const ns = Number(number) * (timeUnits.find((candidate) => candidate.name === name)?.size ?? 1);
  return unit === 'ms' ? ns / 1e6 : ns;
}

function isRounded(value: number | null, shown: number): boolean {
  return value !== null && Number.isFinite(value) && shown !== value;
}

/** NaN and infinite numbers as Prometheus writes them; undefined for all others. */
export function specialText(value: number): string | undefined {
  if (Number.isFinite(value)) return undefined;
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}

function plainText(value: number, digits: number): string {
  const special = specialText(value);
  if (special !== undefined) return special;
  if (Number.isInteger(value)) return String(value === 0 ? 0 : value);
  const wholeDigits = Math.abs(value) < 1 ? 0 : Math.trunc(Math.abs(value)).toString().length;
  return String(Number(value.toPrecision(Math.min(Math.max(digits, wholeDigits), mostDigits))));
}
