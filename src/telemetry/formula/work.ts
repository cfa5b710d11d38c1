/** Values and series that may be computed for one request: some hundred milliseconds. */
export class FormulaWork {
  #left: number;

  constructor(most = 40_000_000) {
    this.#left = most;
  }

  /** Takes the work of so many series; false where too much was done. */
  take(series: number, steps: number): boolean {
    this.#left -= series * (steps + 50);
    return this.#left >= 0;
  }
}
