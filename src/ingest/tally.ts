/** How often something was said. */
export interface Count {
  readonly reason: string;
  readonly count: number;
}

const mostReasons = 10;
const otherReasons = 'other reasons';

/** Counts reasons; the first ten distinct ones by themselves, the rest together. */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(reason: string, count = 1): void {
    const known = this.#counts.has(reason) || this.#counts.size < mostReasons;
    const key = known ? reason : otherReasons;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + count);
  }

  addAll(counts: readonly Count[]): void {
    for (const { reason, count } of counts) this.add(reason, count);
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  toCounts(): Count[] {
    return [...this.#counts].map(([reason, count]) => ({ reason, count }));
  }
}
