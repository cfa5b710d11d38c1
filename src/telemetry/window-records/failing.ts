import type { FailingBelow } from '../comparison/aggregates.ts';

/** Which workloads failed, by trace. */
export class Failing {
  readonly #byTrace = new Map<number, Set<string>>();

  /** @param trace two halves for each row */
  add(trace: Uint32Array, row: number, workload: string): void {
    const key = keyOf(trace, row);
    if (key === 0) return;
    const known = this.#byTrace.get(key);
    if (known === undefined) this.#byTrace.set(key, new Set([workload]));
    else known.add(workload);
  }

  /** Adds to `counts` each workload that failed in a row's trace, but for the row's own. */
  count(counts: Map<string, number>, trace: Uint32Array, row: number, own: string): void {
    for (const workload of this.#byTrace.get(keyOf(trace, row)) ?? []) {
      if (workload !== own) counts.set(workload, (counts.get(workload) ?? 0) + 1);
    }
  }
}

/** 53 bits of the hash: what a number holds. */
const keyOf = (trace: Uint32Array, row: number): number =>
  (trace[2 * row] ?? 0) + ((trace[2 * row + 1] ?? 0) & 0x1f_ffff) * 2 ** 32;

/** The same counts whatever the order in which they came. */
export const sorted = (counts: ReadonlyMap<string, number>): FailingBelow =>
  new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
