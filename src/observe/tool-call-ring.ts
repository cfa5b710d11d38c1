/** Calls of one tool over the last hour. */
export interface ToolCallSummary {
  readonly tool: string;
  readonly calls: number;
  /** Calls that ended with an error for the client. */
  readonly errors: number;
  /** Milliseconds, to within 1 %; null where there were no calls. */
  readonly p50_ms: number | null;
  readonly p95_ms: number | null;
  /** One for each of the last 60 minutes, the running one last: its start (seconds since the epoch) and what it holds. */
  readonly points: readonly ToolCallPoint[];
}

export type ToolCallPoint = readonly [epoch_s: number, calls: number, errors: number, p95_ms: number | null];

const minutes = 60;

interface Minute {
  /** Minutes since the epoch. */
  readonly number: number;
  calls: number;
  errors: number;
  /** How many calls took how long, by bucket. */
  readonly durations: Map<number, number>;
}

/**
 * Tool calls by minute, of this process since its start, in memory. Durations are counted in buckets whose
 * ends are 2 % apart, so that a minute takes no more room however many calls it has.
 */
export class ToolCallRing {
  readonly #now: () => number;
  readonly #tools = new Map<string, (Minute | undefined)[]>();

  /** @param now milliseconds since the epoch */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts a call that has ended. */
  record(tool: string, isError: boolean, ms: number): void {
    const number = this.#minute();
    const ring = this.#tools.get(tool) ?? Array.from({ length: minutes }, () => undefined);
    this.#tools.set(tool, ring);
    const kept = ring[number % minutes];
    const minute = kept?.number === number ? kept : { number, calls: 0, errors: 0, durations: new Map() };
    ring[number % minutes] = minute;
    minute.calls += 1;
    if (isError) minute.errors += 1;
    const bucket = bucketOf(ms);
    minute.durations.set(bucket, (minute.durations.get(bucket) ?? 0) + 1);
  }

  /** The tools that were called in the last hour, by name. */
  lastHour(): ToolCallSummary[] {
    const last = this.#minute();
    const first = last - minutes + 1;
    const summaries = Array.from(this.#tools, ([tool, ring]) => {
      const held = Array.from({ length: minutes }, (_, i) => {
        const minute = ring[(first + i) % minutes];
        return minute?.number === first + i ? minute : undefined;
      });
      const counted = held.filter((minute) => minute !== undefined);
      return {
        tool,
        calls: sum(counted, ({ calls }) => calls),
        errors: sum(counted, ({ errors }) => errors),
        p50_ms: quantile(0.5, counted),
        p95_ms: quantile(0.95, counted),
        points: held.map(
          (minute, i): ToolCallPoint => [
            (first + i) * 60,
            minute?.calls ?? 0,
            minute?.errors ?? 0,
            minute === undefined ? null : quantile(0.95, [minute]),
          ],
        ),
      };
    });
    return summaries.filter(({ calls }) => calls > 0).sort((a, b) => (a.tool < b.tool ? -1 : 1));
  }

  #minute(): number {
    return Math.floor(this.#now() / 60_000);
  }
}

const shortestMs = 0.01;
const growth = Math.log(1.02);

function bucketOf(ms: number): number {
  return ms <= shortestMs ? 0 : Math.ceil(Math.log(ms / shortestMs) / growth);
}

/** The middle of a bucket, to three digits. */
function durationOf(bucket: number): number {
  return Number((shortestMs * Math.exp((bucket - 0.5) * growth)).toPrecision(3));
}

/** The duration of the call at the nearest rank. */
function quantile(q: number, of: readonly Minute[]): number | null {
  const counts = new Map<number, number>();
  for (const { durations } of of) {
    for (const [bucket, count] of durations) counts.set(bucket, (counts.get(bucket) ?? 0) + count);
  }
  let rank = Math.ceil(q * sum([...counts.values()], (count) => count));
  for (const [bucket, count] of [...counts].sort(([a], [b]) => a - b)) {
    rank -= count;
    if (rank <= 0) return durationOf(bucket);
  }
  return null;
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
