import { LaneQueue } from '../engine/lane-queue.ts';
import { toStoreError } from '../store-error.ts';

export interface EvaluationQueueOptions {
  /** Evaluations that run at once. */
  readonly atOnce: number;
  /** Evaluations that may wait. */
  readonly mostWaiting: number;
}

/** Each evaluation may hold as many samples as its limit allows, so only so many may run at once. */
export class EvaluationQueue {
  readonly #turns: LaneQueue<number>;

  constructor({ atOnce, mostWaiting }: EvaluationQueueOptions) {
    const turns = Array.from({ length: atOnce }, (_, turn) => turn);
    this.#turns = new LaneQueue(turns, { kept: false, mostWaiting });
  }

  /**
   * Evaluates when it is its turn.
   *
   * @param waitMs how long it waits for its turn at most
   * @throws StoreError of the kind `busy` where too many wait, or it waited too long; the reason of the signal
   */
  async run<T>(
    evaluate: () => Promise<T>,
    { waitMs, signal }: { readonly waitMs: number; readonly signal?: AbortSignal | undefined },
  ): Promise<T> {
    const turn = await this.#turns
      .take({ cheap: false, waitMs, ...(signal && { signal }) })
      .catch((error) => {
        throw signal?.aborted ? error : toStoreError(error);
      });
    try {
      return await evaluate();
    } finally {
      this.#turns.give(turn);
    }
  }
}
