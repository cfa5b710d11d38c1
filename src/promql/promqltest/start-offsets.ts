import { toMilliseconds } from './literals.ts';

const duration = String.raw`[+-]?\d+(?:ms|[a-wyz])?`;
const item = new RegExp(`^(${duration})(?:([+-]${duration})(?=x))?(?:x(\\d+))?$`);

/**
 * Reads the start timestamps of a series, each as its offset in milliseconds from the sample it belongs to:
 * `-1m-1mx2` is −1m −2m −3m, `-30sx2` three times −30s, `_` and `_x4` are none. Throws a SyntaxError.
 */
export function parseStartOffsets(text: string): readonly (number | undefined)[] {
  return text.trim().split(/\s+/).flatMap(parseItem);
}

function parseItem(source: string): readonly (number | undefined)[] {
  const omitted = /^_(?:x(\d+))?$/.exec(source);
  if (omitted !== null) return Array.from({ length: Number(omitted[1] ?? 1) }, () => undefined);
  const [, first, step, times] = item.exec(source) ?? [];
  if (first === undefined) throw new SyntaxError(`${source} is no start timestamp`);
  const base = toMilliseconds(first);
  const delta = step === undefined ? 0 : toMilliseconds(step);
  return Array.from({ length: Number(times ?? 0) + 1 }, (_, i) => base + i * delta);
}
