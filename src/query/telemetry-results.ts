import type { JoinCount } from '../telemetry/formula/evaluate.ts';
import type { AnalyzeMetricsResult } from './metric-results.ts';
import type { QueryType } from './requests.ts';
import type { AnalyzeResult, Note, Result, Series, Unit } from './results.ts';

/** What a query that a formula names had for each of the formula's series. */
export interface FormulaColumn {
  readonly label: string;
  readonly unit: Unit | undefined;
  readonly values: readonly (number | null)[];
}

/** What a formula gives. */
export interface FormulaAnswer extends Result {
  readonly queryType: QueryType;
  /** Seconds; null for an instant query. */
  readonly step: number | null;
  readonly expression: string;
  readonly unit: Unit | undefined;
  /** Names of the labels, in the order in which they are shown. */
  readonly names: readonly string[];
  /** By what the series are ordered, descending. */
  readonly order: 'value' | 'total' | 'max';
  /** Series in all. */
  readonly groupsTotal: number;
  /** The first of them. */
  readonly series: readonly Series[];
  /** Instant: what the formula was computed of, of each query with groups that it names. */
  readonly columns: readonly FormulaColumn[];
  /** Of each operation between series, the outermost last. */
  readonly joins: readonly JoinCount[];
  /** Values that were left out because a divisor was 0. */
  readonly dividedByZero: number;
  /** Values that were left out because they are no number. */
  readonly undefinedValues: number;
}

/** The answer to one query of a request. */
export type LabelledAnswer = {
  readonly label: string;
  /** A formula is computed of it, so that the answer to that is what is wanted first. */
  readonly feeds: boolean;
} & (
  | { readonly kind: 'records'; readonly result: AnalyzeResult }
  | { readonly kind: 'metrics'; readonly result: AnalyzeMetricsResult }
  | { readonly kind: 'formula'; readonly result: FormulaAnswer }
);

export interface AnalyzeTelemetryResult extends Result {
  readonly queryType: QueryType;
  /** Seconds; null for an instant query. */
  readonly step: number | null;
  /** Range: whether the first and the last bucket hold less than a whole step. */
  readonly partial: { readonly first: boolean; readonly last: boolean };
  /** In the order of the request. */
  readonly answers: readonly LabelledAnswer[];
  /** Of the request as a whole; those of a query are in its answer. */
  readonly notes: readonly Note[];
}
