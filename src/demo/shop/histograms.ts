import type { Attributes, ExponentialPoint, HistogramPoint } from './records.ts';

/** Bounds in seconds that OpenTelemetry advises for HTTP requests, and one more for slow ones. */
const bounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** Counts values in buckets `(bound before, bound]`. */
export class ExplicitHistogram {
  #count = 0;
  #sum = 0;
  readonly #counts = new Array<number>(bounds.length + 1).fill(0);

  add(value: number): void {
    const above = bounds.findIndex((bound) => value <= bound);
    const bucket = above < 0 ? bounds.length : above;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#count += 1;
    this.#sum += value;
  }

  point(attributes: Attributes, start: bigint, time: bigint): HistogramPoint {
    return { attributes, start, time, count: this.#count, sum: this.#sum, bounds, counts: [...this.#counts] };
  }
}

/** Sixteen buckets to a doubling: a value is known within 4.4 %. */
const scale = 4;

/**
 * Counts values in buckets `(base ** index, base ** (index + 1)]`, `base` being `2 ** (2 ** -scale)`.
 * https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram
 */
export class ExponentialHistogram {
  #count = 0;
  #sum = 0;
  #zeroCount = 0;
  readonly #counts = new Map<number, number>();

  add(value: number): void {
    this.#count += 1;
    this.#sum += value;
    if (value <= 0) {
      this.#zeroCount += 1;
      return;
    }
    const index = Math.ceil(Math.log2(value) * 2 ** scale) - 1;
    this.#counts.set(index, (this.#counts.get(index) ?? 0) + 1);
  }

  point(attributes: Attributes, start: bigint, time: bigint): ExponentialPoint {
    const indexes = [...this.#counts.keys()];
    const offset = indexes.length === 0 ? 0 : Math.min(...indexes);
    const length = indexes.length === 0 ? 0 : Math.max(...indexes) - offset + 1;
    const counts = Array.from({ length }, (_, i) => this.#counts.get(offset + i) ?? 0);
    const total = { count: this.#count, sum: this.#sum, zeroCount: this.#zeroCount };
    return { attributes, start, time, ...total, scale, offset, counts };
  }
}
