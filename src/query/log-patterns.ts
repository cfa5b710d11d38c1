import { bodyShapes } from '../store/log-patterns.ts';
import { findPatterns, type LogPattern } from '../telemetry/log-pattern/log-patterns.ts';
import type { Window } from '../telemetry/window.ts';
import { type BaselineRequest, baselineWindow } from './baseline-window.ts';
import { diagnoseNothing } from './diagnosis.ts';
import { lowered } from './limits.ts';
import type { Call } from './queries.ts';
import { groupLimit, type RangeRequest } from './requests.ts';
import type { Note, Result } from './results.ts';
import { type QueryContext, readSubject } from './subject.ts';

export interface LogPatternsRequest extends RangeRequest, BaselineRequest {
  readonly filters?: string | undefined;
  /** 1 to 200; 20 when absent. */
  readonly limit?: number | undefined;
}

export interface LogPatternsResult extends Result {
  readonly filter: string;
  readonly filterRewritten: boolean;
  readonly baseline: Window | undefined;
  /** Rows that match, in each window. */
  readonly rows: number;
  readonly baselineRows: number;
  /** Rows, of both windows, whose bodies were too different to be looked at. */
  readonly rowsLeftOut: number;
  readonly patternsTotal: number;
  /** Patterns whose change is significant. */
  readonly changesTotal: number;
  /** As `findPatterns` orders them. */
  readonly patterns: readonly LogPattern[];
}

/** Bodies that differ in more than values, of which patterns are made. */
const mostShapes = 8000;
/** Buckets of the shorter window, and of the longer one at most. */
const fewestBuckets = 30;
const mostBuckets = 300;

/**
 * The patterns of the bodies of logs, in a window or against a baseline.
 *
 * @throws InputError for a time, filter or limit that can't be used
 * @throws StoreError when the store does not answer
 */
export async function findLogPatterns(
  context: QueryContext,
  request: LogPatternsRequest,
  call: Call,
): Promise<LogPatternsResult> {
  const limit = lowered('limit', request.limit, groupLimit);
  const subject = await readSubject(context, { ...request, signal: 'logs', fields: [] }, call);
  const { window } = subject;
  const baseline = baselineWindow(request, window, subject.now);
  const bucket = bucketOf(lengthOf(window), lengthOf(baseline ?? window));
  const found = await bodyShapes(
    context.store.clickhouse,
    subject.table,
    { ...subject, baseline, bucket, most: mostShapes },
    subject.options,
  );
  const patterns = findPatterns(
    found.shapes,
    baseline && {
      window: seconds(lengthOf(window)),
      baseline: seconds(lengthOf(baseline)),
      bucket: seconds(bucket),
    },
  );
  const counted = found.shapes.reduce((sum, shape) => sum + shape.window.rows + shape.baseline.rows, 0);
  const rowsLeftOut = found.rows + found.baselineRows - counted;
  const notes: Note[] = [...subject.notes, ...limit.notes];
  if (rowsLeftOut > 0) {
    notes.push(
      `${rowsLeftOut} rows are in no pattern: their bodies are of ${found.total - found.shapes.length} rarer kinds, of which only the ${found.shapes.length} most frequent are looked at; narrow filters to see them`,
    );
  }
  if (baseline !== undefined && found.baselineRows === 0 && found.rows > 0) {
    notes.push(
      'the baseline holds no logs that match, so everything is new: choose one that holds data (analyze-logs with queryType range shows where)',
    );
  }
  if (found.rows === 0) notes.push(...(await diagnoseNothing(context, subject)));
  return {
    filter: subject.filterText,
    filterRewritten: subject.filterRewritten,
    window,
    now: subject.statedNow,
    baseline,
    rows: found.rows,
    baselineRows: found.baselineRows,
    rowsLeftOut,
    patternsTotal: patterns.length,
    changesTotal: patterns.filter(({ change }) => change?.significant).length,
    patterns: patterns.slice(0, limit.value),
    notes,
  };
}

const lengthOf = ({ from, to }: Window): bigint => to - from;
const seconds = (ns: bigint): number => Number(ns) / 1e9;

/** ns: fine enough to tell bursts from a steady flow in the shorter window. */
function bucketOf(length: bigint, other: bigint): bigint {
  const [short, long] = length < other ? [length, other] : [other, length];
  const fine = short / BigInt(fewestBuckets);
  const coarse = long / BigInt(mostBuckets);
  const width = fine > coarse ? fine : coarse;
  return width > 0n ? width : 1n;
}
