import type { MetricUnit } from '../promql/unit.ts';
import type { AggregationFunction } from '../telemetry/aggregation.ts';
import type { FieldType, Signal } from '../telemetry/fields.ts';
import type { Window } from '../telemetry/window.ts';
import type { QueryType, SearchOrder } from './requests.ts';

/**
 * What the reader must know to trust the answer: a rewrite, a limit, what was left out. One line. A note
 * that quotes telemetry (values, attribute names) says so: it is shown as data, between the fences.
 */
export type Note = string | { readonly text: string; readonly quotesTelemetry: true };

/** What every answer carries. */
export interface Result {
  readonly window: Window;
  /** The server's clock, ns since the epoch, where a time of the request was relative to it. */
  readonly now: bigint | undefined;
  readonly notes: readonly Note[];
}

/** Of fields. */
export type Unit = 'ns' | 'ms' | 'characters';

/** Of values: of fields, or of metrics. */
export type ValueUnit = Unit | MetricUnit;

/** A value of a row: a time is in ns since the epoch, `null` is a missing value. */
export type Cell = string | number | bigint | null;

export interface Column {
  /** The name to use in filters: a built-in field's, or `@attribute`. */
  readonly name: string;
  readonly type: FieldType;
  readonly unit: Unit | undefined;
}

export interface SearchResult extends Result {
  readonly signal: Signal;
  /** The normalised filter; empty for none. */
  readonly filter: string;
  /** The normalised filter differs from what was sent by more than white space. */
  readonly filterRewritten: boolean;
  readonly order: SearchOrder;
  /** Rows that match in the window. */
  readonly matched: number;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** Rows on the pages before this one, where it goes on from a cursor. */
  readonly before: number;
  /** For each row the cursor that goes on behind it; null where none follow. */
  readonly cursors: readonly (string | null)[];
}

export interface Summary {
  readonly min: number | null;
  readonly max: number | null;
  readonly avg: number | null;
  readonly latest: number | null;
  /** Only where adding up means something: counts and sums. */
  readonly total: number | null;
  /** Values that the summary is made of. */
  readonly count: number;
}

/** A value of a bucket that starts at `time` (seconds since the epoch); `null` is no value. */
export type Point = readonly [time: number, value: number | null];

export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** Instant: the value for the window. */
  readonly value?: number | null;
  /** Range: one for each bucket of the grid, in order of time. */
  readonly points?: readonly Point[];
  readonly summary: Summary;
  /** Records in the group. Without it, an answer that has to leave groups out can't say their share. */
  readonly rows?: number;
}

export interface AnalyzeResult extends Result {
  readonly signal: Signal;
  readonly queryType: QueryType;
  /** Seconds; null for an instant query. */
  readonly step: number | null;
  readonly filter: string;
  readonly filterRewritten: boolean;
  readonly aggregation: { readonly function: AggregationFunction; readonly field: string | undefined };
  /** Unit of the values; undefined for counts and for attributes. */
  readonly unit: Unit | undefined;
  /** Labels of the series, in the order that was asked for. */
  readonly groupBy: readonly string[];
  readonly groupsTotal: number;
  /** Share of the matching rows that the shown groups hold, 0 to 1; 1 where no row matches. */
  readonly shareShown: number;
  readonly rowsMatched: number;
  /** Range: whether the first and the last bucket hold less than a whole step. */
  readonly partial: { readonly first: boolean; readonly last: boolean };
  readonly series: readonly Series[];
}

export interface FieldDescription {
  /** As filters take it: a built-in field's name, or `@attribute`. */
  readonly name: string;
  readonly type: FieldType;
  readonly unit: Unit | undefined;
  readonly kind: 'builtin' | 'attribute';
  readonly description: string;
  /** The most frequent values first. */
  readonly exampleValues: readonly string[];
  /** Share of the rows looked at that have a value, 0 to 1. */
  readonly coverage: number;
}

export interface FieldsResult extends Result {
  readonly signal: Signal;
  readonly search: string;
  /** Rows that were looked at: those of the window, or the newest of them. */
  readonly rows: number;
  /** More than `rows` where coverage and examples are of a sample. */
  readonly rowsInWindow: number;
  /** Fields that match in all; the attributes that fewer records have may be missing from `fields`. */
  readonly matched: number;
  readonly fields: readonly FieldDescription[];
}
