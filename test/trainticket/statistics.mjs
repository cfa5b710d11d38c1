import { fieldValue } from './recording.mjs';

/** Linear interpolation between the two nearest ranks: numpy's default, PromQL's `quantile`. */
export function quantile(values, q) {
  const sorted = Float64Array.from(values).sort();
  const rank = (sorted.length - 1) * q;
  const below = Math.floor(rank);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (rank - below);
}

/**
 * One aggregation over rows. Text that is no number is left out of the arithmetic ones, a missing value
 * out of all but `row_count`. No value is null, except that counts and sums of nothing are 0.
 */
export function aggregate(rows, fn, field) {
  if (fn === 'row_count') return rows.length;
  const present = rows.map((row) => fieldValue(row, field)).filter((value) => value !== '');
  if (fn === 'unique_count') return new Set(present).size;
  const numbers = present.map(Number).filter((value) => !Number.isNaN(value));
  if (fn === 'sum') return sum(numbers);
  if (numbers.length === 0) return null;
  if (fn === 'avg') return sum(numbers) / numbers.length;
  if (fn === 'min') return numbers.reduce((a, b) => Math.min(a, b));
  if (fn === 'max') return numbers.reduce((a, b) => Math.max(a, b));
  return quantile(numbers, Number(fn.slice(1)) / 100);
}

/** Whole numbers are added exactly; the rest with compensation (Neumaier), so that the order does not matter. */
function sum(numbers) {
  if (numbers.every(Number.isSafeInteger)) return exactSum(numbers);
  let total = 0;
  let lost = 0;
  for (const number of numbers) {
    const next = total + number;
    lost += Math.abs(total) >= Math.abs(number) ? total - next + number : number - next + total;
    total = next;
  }
  return total + lost;
}

/** In two halves, so that neither half leaves the whole numbers that a double holds exactly. */
function exactSum(numbers) {
  const half = 2 ** 24;
  let high = 0;
  let low = 0;
  for (const number of numbers) {
    high += Math.floor(number / half);
    low += number % half;
  }
  return Number(BigInt(high) * BigInt(half) + BigInt(low));
}

/** Rows by the values of `fields`; a missing value makes the group `(none)`. */
export function groupRows(rows, fields) {
  const groups = new Map();
  for (const row of rows) {
    const values = fields.map((field) => fieldValue(row, field) || '(none)');
    const key = values.join('\0');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { values, rows: [row] });
    else group.rows.push(row);
  }
  return [...groups.values()];
}

/** Starts (epoch seconds) of the buckets of `step` seconds that meet `[from, to)` (nanoseconds). */
export function bucketStarts(from, to, step) {
  const length = BigInt(step) * 1_000_000_000n;
  const starts = [];
  for (let start = from - (from % length); start < to; start += length)
    starts.push(Number(start / 1_000_000_000n));
  return starts;
}

/** Rows by the bucket they fall in. */
export function rowsByBucket(rows, step) {
  const buckets = new Map();
  for (const row of rows) {
    const start = Math.floor(row.second / step) * step;
    const bucket = buckets.get(start);
    if (bucket === undefined) buckets.set(start, [row]);
    else bucket.push(row);
  }
  return buckets;
}

/** What every series carries beside its points. */
export function summarise(values, fn) {
  const present = values.filter((value) => value !== null);
  if (present.length === 0) return { min: null, max: null, avg: null, latest: null };
  const total = sum(present);
  return {
    min: present.reduce((a, b) => Math.min(a, b)),
    max: present.reduce((a, b) => Math.max(a, b)),
    avg: total / present.length,
    latest: present.at(-1),
    // Whether unique counts of buckets may be added up is left open by the contract.
    ...(fn === 'unique_count' ? {} : { total: fn === 'row_count' || fn === 'sum' ? total : null }),
  };
}
