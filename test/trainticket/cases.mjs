import { fieldValue } from './recording.mjs';
import { aggregate, bucketStarts, groupRows, rowsByBucket, summarise } from './statistics.mjs';

/** The whole recording, with room on both sides. */
export const recording = { from_time: '2023-01-29T08:40:00Z', to_time: '2023-01-29T10:30:00Z' };

/** A time of the recording's day as the tools take it. */
export const at = (time) => `2023-01-29T${time}Z`;

/**
 * A case is a request to a tool, and the answer that it must give. `where` is the filter once more, as
 * a JavaScript predicate written by hand: nothing here reads the filter's text.
 */
export function analyzeCase(tool, records, { name, where = () => true, ...request }) {
  const args = { ...recording, queryType: request.step === undefined ? 'instant' : 'range', ...request };
  const rows = inWindow(records, args).filter(where);
  const fields = args.groupBy ?? [];
  const fn = args.aggregation?.function ?? 'row_count';
  const aggregated = args.aggregation?.field ?? args.aggregation?.fields?.[0].field;
  const groups = fields.length === 0 ? [{ values: [], rows }] : groupRows(rows, fields);
  const series = groups.map((group) => ({
    labels: Object.fromEntries(fields.map((field, i) => [field, group.values[i]])),
    ...(args.queryType === 'range'
      ? rangeSeries(group.rows, args, fn, aggregated)
      : { value: aggregate(group.rows, fn, aggregated) }),
    rows: group.rows.length,
  }));
  series.sort((a, b) => rank(b, fn) - rank(a, fn) || byLabels(a, b));
  const shown = series.slice(0, args.limit ?? 20);
  refuseAmbiguousTie(name, series, fn);
  return {
    name,
    tool,
    arguments: args,
    expected: {
      groups_total: series.length,
      groups_shown: shown.length,
      share_shown: rows.length === 0 ? 1 : shown.reduce((n, s) => n + s.rows, 0) / rows.length,
      ...(args.queryType === 'range' ? { step_s: seconds(args.step) } : {}),
      series: shown.map(({ rows: _, ...rest }) => rest),
    },
  };
}

/** `fields` are the columns that are compared; `order` is newest, oldest or slowest. */
export function searchCase(tool, records, { name, where = () => true, ...request }) {
  const args = { ...recording, limit: 3, order: 'newest', ...request };
  const rows = inWindow(records, args).filter(where);
  const key = args.order === 'slowest' ? (row) => row.duration : (row) => row.timestamp;
  if (args.order === 'newest') rows.reverse();
  if (args.order === 'slowest') rows.sort((a, b) => b.duration - a.duration);
  const shown = rows.slice(0, args.limit);
  const edge = rows.slice(0, args.limit + 1);
  if (new Set(edge.map(key)).size !== edge.length) throw new Error(`${name}: the order of its rows is open`);
  return {
    name,
    tool,
    arguments: args,
    expected: {
      matched: rows.length,
      returned: shown.length,
      rows: shown.map((row) => ({
        timestamp_ns: String(row.timestamp),
        ...Object.fromEntries(args.fields.map((field) => [field, fieldValue(row, field) || null])),
      })),
    },
  };
}

function rangeSeries(rows, args, fn, aggregated) {
  const step = seconds(args.step);
  const buckets = rowsByBucket(rows, step);
  const points = bucketStarts(nanoseconds(args.from_time), nanoseconds(args.to_time), step).map((start) => [
    start,
    aggregate(buckets.get(start) ?? [], fn, aggregated),
  ]);
  const values = points.map(([, value]) => value);
  return { points, summary: summarise(values, fn) };
}

/** Groups are ordered by value, series by total (counts and sums) or maximum; no value comes last. */
function rank(series, fn) {
  const value =
    series.points === undefined
      ? series.value
      : fn === 'row_count' || fn === 'sum'
        ? series.summary.total
        : series.summary.max;
  return value ?? Number.NEGATIVE_INFINITY;
}

function byLabels(a, b) {
  const left = Object.values(a.labels);
  const right = Object.values(b.labels);
  for (const [i, label] of left.entries()) {
    const order = Buffer.compare(Buffer.from(label), Buffer.from(right[i]));
    if (order !== 0) return order;
  }
  return 0;
}

/** The contract does not say where `(none)` stands among labels of equal value, so no case asks. */
function refuseAmbiguousTie(name, series, fn) {
  for (const [i, one] of series.entries()) {
    if (i === 0 || rank(one, fn) !== rank(series[i - 1], fn)) continue;
    const labels = [...Object.values(one.labels), ...Object.values(series[i - 1].labels)];
    if (labels.includes('(none)')) throw new Error(`${name}: a tie with (none)`);
  }
}

function inWindow(records, { from_time, to_time }) {
  return recordsIn(records, nanoseconds(from_time), nanoseconds(to_time));
}

/** The records in [from, to), of records that are sorted by time. */
export function recordsIn(records, from, to) {
  return records.slice(firstFrom(records, from), firstFrom(records, to));
}

/** The index of the first record, oldest first, that is not before `time`. */
function firstFrom(records, time) {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (records[middle].timestamp < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** ISO 8601 with `Z` and up to nine fractional digits. */
export function nanoseconds(iso) {
  const [, whole, fraction = ''] = /^(.*?)(?:\.(\d+))?Z$/.exec(iso);
  return BigInt(Date.parse(`${whole}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}

function seconds(step) {
  const [, number, unit] = /^(\d+)([smh])$/.exec(step);
  return Number(number) * { s: 1, m: 60, h: 3600 }[unit];
}
