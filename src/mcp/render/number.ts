import type { ValueUnit } from '../../query/results.ts';

export interface NumberTexts {
  readonly texts: readonly (string | null)[];
  /** Some text has fewer digits than its number. */
  readonly rounded: boolean;
}

interface Scale {
  readonly name: string;
  readonly size: number;
  /** The scale is used from here on. */
  readonly from: number;
}

/** Units of time as filters take them, in ns, the largest first. */
const timeScales: readonly Scale[] = [
  { name: 'h', size: 3600e9, from: 7200e9 },
  { name: 'm', size: 60e9, from: 120e9 },
  { name: 's', size: 1e9, from: 1e9 },
  { name: 'ms', size: 1e6, from: 1e6 },
  { name: 'us', size: 1e3, from: 1e3 },
  { name: 'ns', size: 1, from: 0 },
];

const byteScales: readonly Scale[] = ['TiB', 'GiB', 'MiB', 'KiB', 'B'].map((name, i) => {
  const size = 1024 ** (4 - i);
  return { name, size, from: size === 1 ? 0 : size };
});

/** How values of a unit are written: `factor` makes them what the scales are sizes of. */
interface Writing {
  readonly factor: number;
  readonly scales: readonly Scale[];
  /** Significant digits, at least. */
  readonly digits: number;
}

const writings: Readonly<Record<Exclude<ValueUnit, 'characters'>, Writing>> = {
  ns: { factor: 1, scales: timeScales, digits: 3 },
  ms: { factor: 1e6, scales: timeScales, digits: 3 },
  seconds: { factor: 1e9, scales: timeScales, digits: 3 },
  bytes: { factor: 1, scales: byteScales, digits: 4 },
  'bytes per second': {
    factor: 1,
    scales: byteScales.map((scale) => ({ ...scale, name: `${scale.name}/s` })),
    digits: 4,
  },
  ratio: { factor: 100, scales: [{ name: '%', size: 1, from: 0 }], digits: 3 },
  percent: { factor: 1, scales: [{ name: '%', size: 1, from: 0 }], digits: 3 },
};

const mostDigits = 17;
const plainDigits = 4;

/**
 * Texts of the numbers of a column, in order: all with as few significant digits (3 at least for durations
 * and shares, 4 for bytes and plain numbers, whole plain numbers always all) as tell different ones apart, so
 * that no comparison of two texts comes out otherwise than that of the numbers. Most units stand with each.
 */
export function numberTexts(values: readonly (number | null)[], unit: ValueUnit | undefined): NumberTexts {
  const writing = writingOf(unit);
  const different = new Set(values).size;
  for (let digits = writing?.digits ?? plainDigits; ; digits++) {
    const texts = values.map((value) => {
      if (value === null) return null;
      return writing === undefined ? plainText(value, digits) : scaledText(value, writing, digits);
    });
    if (digits < mostDigits && new Set(texts).size < different) continue;
    const rounded = values.some((value, i) => isRounded(value, numberOf(texts[i] ?? '', writing)));
    return { texts, rounded };
  }
}

/** Numbers in one unit, which stands elsewhere: for a table of many values. 4 significant digits. */
export function numberTextsInOneUnit(
  values: readonly (number | null)[],
  unit: ValueUnit | undefined,
): NumberTexts & { readonly unit: string | undefined } {
  const writing = writingOf(unit);
  const largest = values.reduce<number>(
    (most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value ?? 0)) : most),
    0,
  );
  const scale = writing && scaleOf(largest * writing.factor, writing);
  const scaled = values.map((value) =>
    value === null || writing === undefined || scale === undefined
      ? value
      : (value * writing.factor) / scale.size,
  );
  const texts = scaled.map((value) => (value === null ? null : plainText(value, plainDigits)));
  return {
    texts,
    unit: scale?.name ?? unit,
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

function writingOf(unit: ValueUnit | undefined): Writing | undefined {
  return unit === undefined || unit === 'characters' ? undefined : writings[unit];
}

function scaleOf(amount: number, { scales }: Writing): Scale | undefined {
  return scales.find(({ from }) => Math.abs(amount) >= from) ?? scales.at(-1);
}

function scaledText(value: number, writing: Writing, digits: number): string {
  const special = specialText(value);
  if (special !== undefined) return special;
  const amount = value * writing.factor;
  // 999.9996 ms rounds to 1 s, so the scale is chosen by what is left after rounding.
  const { name, size } = scaleOf(Number(amount.toPrecision(Math.min(digits, mostDigits))), writing) ?? {
    name: '',
    size: 1,
  };
  return `${Number((amount / size).toPrecision(Math.min(digits, mostDigits)))} ${name}`.replace(/^-0 /, '0 ');
}

function numberOf(text: string, writing: Writing | undefined): number {
  if (writing === undefined) return Number(text);
  const [number, name] = text.split(' ');
  const { size = 1 } = writing.scales.find((scale) => scale.name === name) ?? {};
  return (Number(number) * size) / writing.factor;
}

function isRounded(value: number | null, shown: number): boolean {
  if (value === null || !Number.isFinite(value)) return false;
  // Scaling may change the last bit.
  return Math.abs(shown - value) > Math.abs(value) * 1e-15;
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
