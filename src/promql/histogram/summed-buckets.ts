import type { Buckets } from '../histogram.ts';
import { reduceResolution } from './bounds.ts';

/**
 * The buckets of one side of a sum of histograms, each with the compensation of its additions (Neumaier's
 * variant of Kahan's summation).
 */
export class SummedBuckets {
  #indices: Int32Array;
  #counts: Float64Array;
  #compensations: Float64Array;

  constructor({ indices, counts }: Buckets) {
    this.#indices = indices;
    this.#counts = counts.slice();
    this.#compensations = new Float64Array(counts.length);
  }

  /** Adds the buckets of the same schema, each multiplied by `sign`. */
  add({ indices, counts }: Buckets, sign: 1 | -1): void {
    if (!this.#hasAll(indices)) this.#extend(indices);
    let at = 0;
    for (let i = 0; i < indices.length; i++) {
      const index = indices[i] ?? 0;
      while (this.#indices[at] !== index) at++;
      this.#addAt(at, sign * (counts[i] ?? 0));
    }
  }

  /** Changes all counts and compensations. */
  map(map: (value: number) => number): void {
    this.#counts = this.#counts.map(map);
    this.#compensations = this.#compensations.map(map);
  }

  /** Merges the buckets to those of a coarser exponential schema. */
  reduceResolution(schema: number, target: number): void {
    const compensations = { indices: this.#indices, counts: this.#compensations };
    const reduced = reduceResolution({ indices: this.#indices, counts: this.#counts }, schema, target);
    this.#indices = reduced.indices;
    this.#counts = reduced.counts;
    this.#compensations = reduceResolution(compensations, schema, target).counts;
  }

  /** Whether a count has become infinite. */
  get overflows(): boolean {
    return this.#counts.some(
      (count) => count === Number.POSITIVE_INFINITY || count === Number.NEGATIVE_INFINITY,
    );
  }

  /** The sums, with compensations. Buckets that came out as 0 are listed. */
  totals(): Buckets {
    const counts = this.#counts.map((count, i) => count + (this.#compensations[i] ?? 0));
    return { indices: this.#indices, counts };
  }

  #addAt(i: number, term: number): void {
    const value = this.#counts[i] ?? 0;
    const sum = value + term;
    const compensation = this.#compensations[i] ?? 0;
    if (sum > Number.MAX_VALUE || sum < -Number.MAX_VALUE) this.#compensations[i] = 0;
    else if (Math.abs(value) >= Math.abs(term)) this.#compensations[i] = compensation + (value - sum + term);
    else this.#compensations[i] = compensation + (term - sum + value);
    this.#counts[i] = sum;
  }

  #hasAll(indices: Int32Array): boolean {
    let at = 0;
    for (const index of indices) {
      while (at < this.#indices.length && (this.#indices[at] ?? 0) < index) at++;
      if (this.#indices[at] !== index) return false;
    }
    return true;
  }

  #extend(others: Int32Array): void {
    const indices = Int32Array.from(new Set([...this.#indices, ...others])).sort();
    const counts = new Float64Array(indices.length);
    const compensations = new Float64Array(indices.length);
    let at = 0;
    this.#indices.forEach((index, i) => {
      while (indices[at] !== index) at++;
      counts[at] = this.#counts[i] ?? 0;
      compensations[at] = this.#compensations[i] ?? 0;
    });
    this.#indices = indices;
    this.#counts = counts;
    this.#compensations = compensations;
  }
}
