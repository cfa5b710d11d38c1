/** Answers that are remembered at most, for different askers. */
const mostKept = 100;
const leastMs = 2_000;
/** An answer is kept so many times as long as it took: asking costs at most 5 % of the store's time. */
const factor = 20;

interface Answer<T> {
  readonly value: Promise<T>;
  /** Until when it is given, ms; as long as it is worked on in any case. */
  keptUntil: number;
}

/** Answers to a question that pages ask again and again, one for each asker who may see the same. */
export class Kept<T> {
  readonly #answers = new Map<string, Answer<T>>();
  readonly #elapsed: () => number;

  /** @param elapsed a clock for durations, in ms */
  constructor(elapsed: () => number) {
    this.#elapsed = elapsed;
  }

  /** The answer for an asker: the last one for 2 s or longer, then a new one. A failure is not kept. */
  get(asker: string, ask: () => Promise<T>): Promise<T> {
    const start = this.#elapsed();
    const known = this.#answers.get(asker);
    if (known !== undefined && start < known.keptUntil) return known.value;
    const answer: Answer<T> = { value: ask(), keptUntil: Number.POSITIVE_INFINITY };
    this.#answers.delete(asker);
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size < mostKept) break;
      this.#answers.delete(oldest);
    }
    this.#answers.set(asker, answer);
    answer.value.then(
      () => {
        const end = this.#elapsed();
        answer.keptUntil = end + Math.max(leastMs, factor * (end - start));
      },
      () => {
        answer.keptUntil = Number.NEGATIVE_INFINITY;
      },
    );
    return answer.value;
  }
}
