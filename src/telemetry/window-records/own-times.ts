import { role } from './record-blocks.ts';
import type { SpanTable } from './span-table.ts';

/**
 * For each span by which a request came into a workload, by row: its duration less the time in which a call to
 * another workload ran (client spans, and spans of others, anywhere below within the workload; their union, as
 * calls overlap, and only what lies within the request). 0 for other spans.
 */
export function ownTimes(spans: SpanTable): Float64Array {
  const own = new Float64Array(spans.rows);
  for (let row = 0; row < spans.rows; row++) {
    if (spans.isEntry(row)) own[row] = spans.duration[row] ?? 0;
  }
  const { ends, rows } = callsByEntry(spans);
  let from = 0;
  for (let entry = 0; entry < spans.rows; entry++) {
    const to = ends[entry] ?? 0;
    if (to > from) own[entry] = (own[entry] ?? 0) - covered(spans, entry, rows.subarray(from, to));
    from = to;
  }
  return own;
}

/** Spans of calls, sorted by the request that they belong to; `ends[i]` is where those of row i end. */
function callsByEntry(spans: SpanTable): { readonly ends: Int32Array; readonly rows: Int32Array } {
  const callerOf = (row: number): number => {
    const parent = spans.parent[row] ?? -1;
    const entry = parent < 0 ? -1 : (spans.entry[parent] ?? -1);
    const isCall = entry >= 0 && (spans.role[row] === role.client || spans.place[row] !== spans.place[entry]);
    return isCall ? entry : -1;
  };
  const ends = new Int32Array(spans.rows);
  for (let row = 0; row < spans.rows; row++) {
    const entry = callerOf(row);
    if (entry >= 0) ends[entry] = (ends[entry] ?? 0) + 1;
  }
  let total = 0;
  for (let row = 0; row < spans.rows; row++) {
    const count = ends[row] ?? 0;
    ends[row] = total;
    total += count;
  }
  const rows = new Int32Array(total);
  for (let row = 0; row < spans.rows; row++) {
    const entry = callerOf(row);
    if (entry < 0) continue;
    const place = ends[entry] ?? 0;
    rows[place] = row;
    ends[entry] = place + 1;
  }
  return { ends, rows };
}

/** ns of the request in which one of the calls ran. */
function covered(spans: SpanTable, entry: number, rows: Int32Array): number {
  const startOf = (row: number): number => spans.start[row] ?? 0;
  const begin = startOf(entry);
  const end = begin + (spans.duration[entry] ?? 0);
  if (rows.length > 1) rows.sort((a, b) => startOf(a) - startOf(b));
  let sum = 0;
  let until = begin;
  for (const row of rows) {
    const first = Math.max(startOf(row), until);
    const last = Math.min(startOf(row) + (spans.duration[row] ?? 0), end);
    if (last <= first) continue;
    sum += last - first;
    until = last;
  }
  return sum;
}
