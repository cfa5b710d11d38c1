import type { Signal } from '../telemetry/fields.ts';

/** Rows that one search gives. */
export const mostRows = 10;

/** Groups that one analysis shows, of all that it computes. */
export const groupLimit = { standard: 20, max: 200 };

/** Fields that one analysis groups by. */
export const mostGroupKeys = 8;

/** A time as a client writes it: ISO 8601, epoch seconds/ms/ns, or relative (`now-15m`, `2h`). */
export type TimeInput = string | number;

/** A field as a client writes it: a name, an alias, or `@attribute`. */
export interface FieldInput {
  readonly field: string;
}

export interface RangeRequest {
  readonly fromTime?: TimeInput | undefined;
  readonly toTime?: TimeInput | undefined;
}

export type SearchOrder = 'newest' | 'oldest' | 'slowest';

export interface SearchRequest extends RangeRequest {
  readonly signal: Signal;
  readonly filters?: string | undefined;
  /** Absent: the default columns. The fixed columns of the signal are always there. */
  readonly fields?: readonly FieldInput[] | undefined;
  /** 1 to 10; 10 when absent. A larger one is lowered, with a note. */
  readonly limit?: number | undefined;
  readonly order?: SearchOrder | undefined;
  /** Of an answer to the same request: go on behind it. */
  readonly cursor?: string | undefined;
}

export type QueryType = 'instant' | 'range';

export interface AnalyzeRequest extends RangeRequest {
  readonly signal: Signal;
  readonly queryType: QueryType;
  readonly filters?: string | undefined;
  /** `function` as the client wrote it; checked here. Absent: `row_count`. */
  readonly aggregation?: { readonly function: string; readonly field?: FieldInput | undefined } | undefined;
  readonly groupBy?: readonly FieldInput[] | undefined;
  /** A duration (`30s`, `5m`) or a number of seconds. */
  readonly step?: string | number | undefined;
  /** Groups to show, 1 to 200; 20 when absent. */
  readonly limit?: number | undefined;
}

export interface FieldsRequest extends RangeRequest {
  readonly signal: Signal;
  /** Part of a name, any case; empty for all. */
  readonly search?: string | undefined;
}
