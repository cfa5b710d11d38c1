import type { LabelSet } from '../series.ts';

/** Unit of values, where it is known. */
export type FormulaUnit = 'ns' | 'ms' | 'characters';

/** A series on the grid of the request: one value for each time; NaN is no value. */
export interface FormulaSeries {
  readonly labels: LabelSet;
  /** Undefined: it met no other series, and so has no value that anything could be computed from. */
  readonly values: Float64Array | undefined;
}

/** The series that a label or a part of a formula stands for. */
export interface SeriesOperand {
  /** Names of the labels that any of the series has, or would have. */
  readonly names: ReadonlySet<string>;
  readonly series: readonly FormulaSeries[];
  /**
   * The value where another operand has a series and this one has none: 0 for a `row_count`, and for what
   * is computed of such counts and numbers alone what they give with 0; NaN, no value, for all else.
   */
  readonly absent: number;
  /** Values of different times may be added up. */
  readonly additive: boolean;
  readonly unit: FormulaUnit | undefined;
}

/** What a part of a formula stands for. */
export type Operand = number | SeriesOperand;
