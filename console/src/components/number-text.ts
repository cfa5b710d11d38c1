const whole = new Intl.NumberFormat('en');
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const one = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** `1,234,567`. */
export const wholeNumber = (value: number): string => whole.format(value);

/** `1.2M`; below ten thousand in full. */
export const shortNumber = (value: number): string =>
  Math.abs(value) < 10_000 ? whole.format(value) : short.format(value);

const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** `1.4 GiB`. */
export function byteText(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(byteUnits.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${one.format(bytes / 1024 ** power)} ${byteUnits[power]}`;
}

/** `12 ms`, `1.4 s`. */
export const durationText = (ms: number): string =>
  ms < 1000 ? `${ms < 10 ? one.format(ms) : Math.round(ms)} ms` : `${one.format(ms / 1000)} s`;
