import type { Aggregates } from '../../src/telemetry/comparison/aggregates.ts';
import { histogramOf } from '../../src/telemetry/comparison/histogram.ts';

/** Who calls whom, from the gateway down. */
export const CALLS: Readonly<Record<string, readonly string[]>> = {
  gateway: ['cart', 'catalog', 'checkout'],
  cart: ['cart-store'],
  catalog: ['prices', 'search'],
  checkout: ['cart', 'payment', 'shipping'],
  payment: ['ledger'],
  shipping: ['prices'],
  prices: [],
  search: [],
  ledger: [],
  'cart-store': [],
};

/** Databases, which record no spans. */
export const DATABASES: Readonly<Record<string, string>> = {
  prices: 'prices-db',
  search: 'search-db',
  ledger: 'ledger-db',
  'cart-store': 'carts-db',
  payment: 'ledger-db',
};

export const WORKLOADS = Object.keys(CALLS);
export const OPERATIONS = ['GET', 'POST'];
/** Of 30 s each. */
export const STRETCHES = 10;

/** Keeps what requests do, and gives it as aggregates. */
export class Tally {
  readonly #lists = new Map<string, number[]>();
  readonly #values = new Map<string, number[][]>();
  readonly #below = new Map<string, Map<string, number>>();
  readonly #keys = new Map<string, readonly string[]>();

  count(at: number, what: string, ...key: readonly string[]): void {
    const list = this.#listOf(what, key);
    list[at] = (list[at] ?? 0) + 1;
  }

  value(at: number, value: number, what: string, ...key: readonly string[]): void {
    const text = this.#textOf(what, key);
    const lists = this.#values.get(text) ?? Array.from({ length: STRETCHES }, (): number[] => []);
    this.#values.set(text, lists);
    lists[at]?.push(value);
  }

  failBelow(others: Iterable<string>, what: string, ...key: readonly string[]): void {
    const below = this.#belowOf(what, key);
    for (const other of others) below.set(other, (below.get(other) ?? 0) + 1);
  }

  requestsOf(workload: string, at: number): number {
    return OPERATIONS.reduce((sum, each) => sum + (this.#listOf('requests', [workload, each])[at] ?? 0), 0);
  }

  aggregates(metrics: Aggregates['metrics']): Aggregates {
    return {
      stretches: STRETCHES,
      operations: this.#of('requests').map((key) => ({
        workload: key[0] ?? '',
        operation: key[1] ?? '',
        requests: this.#listOf('requests', key),
        failed: this.#listOf('failed', key),
        failingBelow: this.#belowOf('failed', key),
        duration: this.#histograms('duration', key),
        own: this.#histograms('own', key),
      })),
      calls: this.#of('calls').map((key) => ({
        client: key[0] ?? '',
        server: key[1] ?? '',
        calls: this.#listOf('calls', key),
        gap: this.#histograms('gap', key),
      })),
      unserved: this.#of('asked').map((key) => ({
        client: key[0] ?? '',
        peer: key[1] ?? '',
        calls: this.#listOf('asked', key),
        failed: this.#listOf('refused', key),
        duration: this.#histograms('answer', key),
      })),
      patterns: this.#of('wrote').map((key) => ({
        workload: key[0] ?? '',
        operation: key[1] ?? '',
        level: key[2] ?? '',
        pattern: key[3] ?? '',
        requests: this.#listOf('wrote', key),
        failingBelow: this.#belowOf('wrote', key),
      })),
      lines: this.#of('lines').map((key) => ({
        workload: key[0] ?? '',
        level: key[1] ?? '',
        pattern: key[2] ?? '',
        lines: this.#listOf('lines', key),
      })),
      metrics,
      pods: WORKLOADS.map((workload) => ({
        workload,
        pod: `${workload}-0`,
        records: Array.from({ length: STRETCHES }, (_, at) => this.requestsOf(workload, at) + 1),
      })),
    };
  }

  #of(what: string): (readonly string[])[] {
    return [...this.#lists.keys()]
      .filter((text) => text.startsWith(`${what}\t`))
      .flatMap((text) => [this.#keys.get(text) ?? []]);
  }

  #textOf(what: string, key: readonly string[]): string {
    const text = [what, ...key].join('\t');
    if (!this.#keys.has(text)) this.#keys.set(text, key);
    return text;
  }

  #listOf(what: string, key: readonly string[]): number[] {
    const text = this.#textOf(what, key);
    const list = this.#lists.get(text) ?? new Array<number>(STRETCHES).fill(0);
    this.#lists.set(text, list);
    return list;
  }

  #belowOf(what: string, key: readonly string[]): Map<string, number> {
    const text = this.#textOf(what, key);
    const below = this.#below.get(text) ?? new Map<string, number>();
    this.#below.set(text, below);
    return below;
  }

  #histograms(what: string, key: readonly string[]): Map<number, number>[] {
    const lists = this.#values.get(this.#textOf(what, key)) ?? [];
    return Array.from({ length: STRETCHES }, (_, at) => histogramOf(lists[at] ?? []));
  }
}
