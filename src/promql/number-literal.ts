import { maxDurationSeconds } from './duration.ts';

const maxInteger = 2n ** 63n - 1n;

/**
 * The value of a number as PromQL writes it: `1`, `1.`, `.5`, `1e-3`, `1_000`, `0x1f`, `017` (octal), `Inf`,
 * `NaN`. Undefined where the text is none, or has no float64.
 */
export function parseNumber(text: string): number | undefined {
  if (/^inf$/i.test(text)) return Number.POSITIVE_INFINITY;
  if (/^nan$/i.test(text)) return Number.NaN;
  if (/^0x_?[0-9a-f]+(?:_[0-9a-f]+)*$/i.test(text)) {
    const value = BigInt(text.replaceAll('_', ''));
    return value > maxInteger ? undefined : Number(value);
  }
  if (/^0(?:_?[0-7])+$/.test(text)) {
    const value = BigInt(`0o${text.replaceAll('_', '')}`);
    if (value <= maxInteger) return Number(value);
  }
  if (!/^(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?$/i.test(text)) {
    return undefined;
  }
  const value = Number(text.replaceAll('_', ''));
  return Number.isFinite(value) ? value : undefined;
}

/** A number that parses to the same value, as Prometheus prints it. */
export function formatNumber(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return Object.is(value, -0) ? '-0' : String(value);
}

const units: readonly { readonly name: string; readonly ms: number; readonly wholeOnly: boolean }[] = [
  { name: 'y', ms: 31_536_000_000, wholeOnly: true },
  { name: 'w', ms: 604_800_000, wholeOnly: true },
  { name: 'd', ms: 86_400_000, wholeOnly: false },
  { name: 'h', ms: 3_600_000, wholeOnly: false },
  { name: 'm', ms: 60_000, wholeOnly: false },
  { name: 's', ms: 1000, wholeOnly: false },
  { name: 'ms', ms: 1, wholeOnly: false },
];

const durationForm = new RegExp(`^${units.map(({ name }) => `(?:(\\d+)${name})?`).join('')}$`);

/**
 * The seconds of a duration with units, from the longest to the shortest and each once: `1h30m`, `5m`,
 * `100ms`. A year has 365 days. Undefined where the text is none, or is longer than 64 bits of nanoseconds.
 */
export function parseDuration(text: string): number | undefined {
  const parts = text === '' ? null : durationForm.exec(text);
  if (parts === null) return undefined;
  const ms = units.reduce((sum, unit, i) => sum + Number(parts[i + 1] ?? 0) * unit.ms, 0);
  if (ms / 1000 > maxDurationSeconds) return undefined;
  return Math.trunc(ms / 1000) + ((ms % 1000) * 1e6) / 1e9;
}

/** A duration with units for whole milliseconds, with a minus in front where they are negative. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  let rest = Math.abs(ms);
  let text = ms < 0 ? '-' : '';
  for (const unit of units) {
    if (unit.wholeOnly && rest % unit.ms !== 0) continue;
    const count = Math.floor(rest / unit.ms);
    if (count > 0) text += `${count}${unit.name}`;
    rest -= count * unit.ms;
  }
  return text;
}
