/**
 * A sum of floats with Neumaier's variant of Kahan's compensation, which keeps what single additions lose.
 * Overflow clears the compensation, so that infinities stay.
 */
export class KahanSum {
  value: number;
  compensation: number;

  constructor(value = 0, compensation = 0) {
    this.value = value;
    this.compensation = compensation;
  }

  add(term: number): void {
    const { value } = this;
    const sum = value + term;
    if (sum > Number.MAX_VALUE || sum < -Number.MAX_VALUE) this.compensation = 0;
    else if (Math.abs(value) >= Math.abs(term)) this.compensation += value - sum + term;
    else this.compensation += term - sum + value;
    this.value = sum;
  }

  /** The compensated sum. */
  get total(): number {
    return this.value + this.compensation;
  }
}
