import { InputError } from '../../telemetry/input-error.ts';

/** What one query may use. Past any of it the query fails with an InputError that names the limit. */
export interface QueryLimits {
  /** Samples that are held at once, read and computed ones; a histogram weighs what it would in Prometheus. */
  readonly maxSamples: number;
  /** Series of one selector. */
  readonly maxSeries: number;
  /** Steps of the query and of each subquery. */
  readonly maxSteps: number;
  /** Milliseconds that the whole query may take. */
  readonly timeout: number;
}

/** Prometheus' defaults where it has one. */
export const DEFAULT_LIMITS: QueryLimits = {
  maxSamples: 50_000_000,
  maxSeries: 200_000,
  maxSteps: 11_000,
  timeout: 30_000,
};

/** The query took longer than it may. */
export class QueryTimeoutError extends InputError {}

/** How long the evaluation may keep the thread to itself, in milliseconds. */
const MAX_STRETCH = 20;

/** Watches over one query: its limits, its time, its cancellation. */
export class Supervisor {
  readonly limits: QueryLimits;
  readonly #now: () => number;
  readonly #deadline: number;
  readonly #controller = new AbortController();
  readonly #stop: () => void;
  #stretchEnd: number;
  #readSamples = 0;
  #heldSamples = 0;

  constructor(limits: QueryLimits, now: () => number, signal: AbortSignal | undefined) {
    this.limits = limits;
    this.#now = now;
    this.#deadline = now() + limits.timeout;
    this.#stretchEnd = now() + MAX_STRETCH;
    const cancel = (): void => this.#controller.abort(signal?.reason);
    const timer = setTimeout(() => this.#controller.abort(this.#timeoutError()), limits.timeout);
    if (signal?.aborted) cancel();
    else signal?.addEventListener('abort', cancel, { once: true });
    this.#stop = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
    };
  }

  /** Aborts when the query is cancelled or out of time. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Ends the watch, and whatever still reads for the query. */
  dispose(): void {
    this.#stop();
    this.#controller.abort(new Error('the query has ended'));
  }

  /** Throws if the query was cancelled or is out of time. */
  check(): void {
    this.signal.throwIfAborted();
    if (this.#now() > this.#deadline) throw this.#timeoutError();
  }

  /** Whether it is time for `pause`. */
  get isPauseDue(): boolean {
    return this.#now() > this.#stretchEnd;
  }

  /** Lets other work of the process run, then checks. */
  async pause(): Promise<void> {
    await new Promise<void>((resume) => {
      setImmediate(resume);
    });
    this.check();
    this.#stretchEnd = this.#now() + MAX_STRETCH;
  }

  /** Counts samples that were read; they stay until the end. */
  read(samples: number): void {
    this.#readSamples += samples;
    this.#checkSamples();
  }

  /** How many computed samples are held now. */
  get heldSamples(): number {
    return this.#heldSamples;
  }

  /** Counts computed samples as held. */
  hold(samples: number): void {
    this.#heldSamples += samples;
    this.#checkSamples();
  }

  /** Counts computed samples as released. */
  release(samples: number): void {
    this.#heldSamples -= samples;
  }

  #checkSamples(): void {
    const { maxSamples } = this.limits;
    if (this.#readSamples + this.#heldSamples > maxSamples) {
      throw new InputError(
        `The query needs more than ${maxSamples} samples at once. Select fewer series, a shorter time, or a larger step.`,
      );
    }
  }

  /** Fails a selection of too many series. */
  checkSeries(count: number): void {
    const { maxSeries } = this.limits;
    if (count > maxSeries) {
      throw new InputError(
        `A selector finds more than ${maxSeries} series. Add label matchers to select fewer.`,
      );
    }
  }

  /** Fails a grid of too many steps. */
  checkSteps(count: number): void {
    const { maxSteps } = this.limits;
    if (count > maxSteps) {
      throw new InputError(
        `The query has ${count} steps, more than ${maxSteps} at once. Use a larger step or a shorter time.`,
      );
    }
  }

  #timeoutError(): QueryTimeoutError {
    const seconds = this.limits.timeout / 1000;
    return new QueryTimeoutError(
      `The query took longer than ${seconds} s. Select fewer series, a shorter time, or a larger step.`,
    );
  }
}
