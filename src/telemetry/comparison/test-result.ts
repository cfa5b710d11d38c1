/** The result of a test of two windows. */
export interface Test {
  /** Two-sided probability of a difference as great where nothing changed. */
  readonly p: number;
  /** The least p that data with these totals could give; a test that can't reach the level asks nothing (Tarone). */
  readonly least: number;
  /**
   * Cliff's delta, −1 to 1: how much more likely a value of the window is above one of the baseline than below it.
   * For shares it is their difference (Cliff, Psychological Bulletin 114, 1993).
   */
  readonly delta: number;
  /** The part of |delta| that is sure: its lower bound of 95 %, one-sided, never below 0. */
  readonly strength: number;
  /** Of values: the quantile that shows it best, 0.5 or 0.95. */
  readonly at?: number;
}

/** The normal score of a one-sided 95 %. */
export const SURE = 1.645;

export const NOTHING: Test = { p: 1, least: 1, delta: 0, strength: 0 };

/** Of what moved too little to matter: it is asked for, and not found. */
export const UNCHANGED: Test = { p: 1, least: 0, delta: 0, strength: 0 };

export const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
