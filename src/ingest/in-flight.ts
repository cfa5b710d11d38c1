export interface InFlightLimits {
  /** Requests that are read, decoded or stored at once. */
  readonly requests: number;
  /** Bytes of their bodies and rows that are held at once. What is being decoded may go past it. */
  readonly bytes: number;
  /** Bodies that are decoded at once: only then is it known how many bytes their rows have. */
  readonly decoding: number;
}

/** Counts what is being worked on, so that it stays within bounds whatever comes in. */
export class InFlight {
  readonly #limits: InFlightLimits;
  readonly #waiting: (() => void)[] = [];
  #requests = 0;
  #decoding = 0;
  #bytes = 0;

  constructor(limits: InFlightLimits) {
    this.#limits = limits;
  }

  get requests(): number {
    return this.#requests;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** A place for one more request, which has to be closed; undefined where there is none. */
  open(): InFlightRequest | undefined {
    if (this.#requests >= this.#limits.requests) return undefined;
    this.#requests += 1;
    let held = 0;
    const hold = (bytes: number): void => {
      this.#bytes += bytes - held;
      held = bytes;
    };
    return {
      reserve: (bytes) => {
        const others = this.#bytes - held;
        if (others > 0 && this.#bytes + bytes > this.#limits.bytes) return false;
        hold(held + bytes);
        return true;
      },
      decode: async (run, sizeOf) => {
        await this.#startDecoding(() => held);
        try {
          const result = await run();
          hold(sizeOf(result));
          return result;
        } finally {
          this.#decoding -= 1;
          this.#wake();
        }
      },
      close: () => {
        hold(0);
        this.#requests -= 1;
        this.#wake();
      },
    };
  }

  async #startDecoding(own: () => number): Promise<void> {
    while (this.#decoding >= this.#limits.decoding || this.#bytes - own() >= this.#limits.bytes) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#decoding += 1;
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

export interface InFlightRequest {
  /** Counts bytes of the body; false where they would be too many beside those of the others. */
  reserve(bytes: number): boolean;
  /** Decodes when there is room for the rows; from then on those are counted instead of the body. */
  decode<T>(run: () => Promise<T>, sizeOf: (result: T) => number): Promise<T>;
  close(): void;
}
