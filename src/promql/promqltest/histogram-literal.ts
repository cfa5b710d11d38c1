import { bucketsFrom, type CounterResetHint, createHistogram } from '../histogram.ts';
import { toNumber } from './literals.ts';
import type { HistogramPoint } from './script.ts';

const hints: ReadonlySet<string> = new Set<CounterResetHint>(['unknown', 'reset', 'not_reset', 'gauge']);
const part = /([a-z_]+):(\[[^\]]*\]|[^\s[\]]+)\s*/iy;

/**
 * Reads the inside of `{{schema:1 sum:3 count:22 buckets:[5 10 7]}}`. Throws a SyntaxError that names what
 * is wrong.
 */
export function parseHistogram(text: string): HistogramPoint {
  const source = text.trim();
  const parts = new Map<string, string>();
  part.lastIndex = 0;
  while (part.lastIndex < source.length) {
    const start = part.lastIndex;
    const match = part.exec(source);
    if (match === null) throw new SyntaxError(`no part of a histogram: ${source.slice(start)}`);
    const [, key = '', value = ''] = match;
    if (parts.has(key)) throw new SyntaxError(`the histogram has ${key} twice`);
    parts.set(key, value);
  }

  const take = (key: string): string | undefined => {
    const value = parts.get(key);
    parts.delete(key);
    return value;
  };
  const takeNumber = (key: string): number => {
    const value = take(key);
    return value === undefined ? 0 : toNumber(value);
  };
  const takeList = (key: string): readonly number[] => toList(take(key));

  const hint = take('counter_reset_hint');
  if (hint !== undefined && !isHint(hint)) throw new SyntaxError(`${hint} is no counter reset hint`);
  const histogram = createHistogram({
    hint: hint ?? 'unknown',
    schema: takeNumber('schema'),
    sum: takeNumber('sum'),
    count: takeNumber('count'),
    zeroCount: takeNumber('z_bucket'),
    zeroThreshold: takeNumber('z_bucket_w'),
    positive: bucketsFrom(takeNumber('offset'), takeList('buckets')),
    negative: bucketsFrom(takeNumber('n_offset'), takeList('n_buckets')),
    customValues: Float64Array.from(takeList('custom_values')),
  });
  const [unknown] = parts.keys();
  if (unknown !== undefined) throw new SyntaxError(`a histogram has no ${unknown}`);
  return { histogram, hasHint: hint !== undefined };
}

function isHint(text: string): text is CounterResetHint {
  return hints.has(text);
}

function toList(text: string | undefined): readonly number[] {
  if (text === undefined) return [];
  const inner = /^\[(.*)\]$/.exec(text)?.[1];
  if (inner === undefined) throw new SyntaxError(`${text} is no list of numbers`);
  return inner.split(/\s+/).filter(Boolean).map(toNumber);
}
