import { InputError } from '../../telemetry/input-error.ts';
import type { Histogram } from '../histogram.ts';
import type { Labels } from '../labels.ts';

/** A script that can't be run: what is wrong in which line (from 1). */
export class ScriptError extends Error {
  override readonly name = 'ScriptError';
  readonly line: number;

  constructor(message: string, line: number) {
    super(`line ${line}: ${message}`);
    this.line = line;
  }
}

/** A point of a described series; undefined where there is none (`_`). */
export type SeriesPoint = FloatPoint | HistogramPoint | undefined;

export interface FloatPoint {
  readonly value: number;
  /** The staleness marker; the value means nothing. */
  readonly stale: boolean;
  readonly histogram?: undefined;
}

export interface HistogramPoint {
  readonly histogram: Histogram;
  /** Whether the counter reset hint was written, so that it is compared. */
  readonly hasHint: boolean;
}

/** The lines of one command: the first, and those under it. */
export interface Block {
  /** The number of the first line, from 1. */
  readonly line: number;
  readonly head: string;
  readonly body: readonly string[];
}

/** Calls `read`; what is wrong with a text there becomes a ScriptError of this line. */
export function inLine<T>(line: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof InputError || error instanceof SyntaxError)
      throw new ScriptError(error.message, line);
    throw error;
  }
}

/** A series with its points, one for each step, the first at time 0. */
export interface DescribedSeries {
  readonly labels: Labels;
  readonly points: readonly SeriesPoint[];
  /** For each point the offset of its start timestamp from its own, in milliseconds; undefined for none. */
  readonly startOffsets: readonly (number | undefined)[] | undefined;
}

/** Adds series to the store. */
export interface LoadCommand {
  readonly kind: 'load';
  readonly line: number;
  /** Milliseconds between two points. */
  readonly interval: number;
  /** Whether classic histograms are loaded as native ones with custom buckets too. */
  readonly withCustomBuckets: boolean;
  readonly series: readonly DescribedSeries[];
}

/** Empties the store. */
export interface ClearCommand {
  readonly kind: 'clear';
  readonly line: number;
}

/** A text that an error or an annotation must have; none of the two takes any. */
export interface TextExpectation {
  readonly message: string | undefined;
  /** RE2, unanchored. */
  readonly pattern: string | undefined;
}

/** What an evaluation must say beside its values. */
export interface Expectations {
  readonly ordered: boolean;
  /** Set where the evaluation must fail. */
  readonly fail: TextExpectation | undefined;
  readonly warn: readonly TextExpectation[];
  readonly info: readonly TextExpectation[];
  readonly noWarn: boolean;
  readonly noInfo: boolean;
}

/** The value that must come out. */
export type ExpectedValue =
  | { readonly kind: 'scalar'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'series'; readonly series: readonly DescribedSeries[] };

/** Evaluates a query and checks what comes out. Times are milliseconds since the epoch. */
export interface EvalCommand {
  readonly kind: 'eval';
  readonly line: number;
  readonly query: string;
  readonly isRange: boolean;
  /** The bounds of a range query; of an instant one, the times of its expected points. */
  readonly start: number;
  readonly end: number;
  readonly step: number;
  /** The time of an instant query. */
  readonly at: number;
  /** Whether an instant query's result is also that of a range query at this time. */
  readonly alsoAsRange: boolean;
  readonly expectations: Expectations;
  readonly expected: ExpectedValue;
}

export type Command = LoadCommand | ClearCommand | EvalCommand;
