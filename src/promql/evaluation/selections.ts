import type { Matcher, VectorSelector } from '../ast.ts';
import { cut, mapped, seriesSet } from '../series-set.ts';
import type { SeriesSet, SeriesSource, TimeRange } from '../series-source.ts';
import { withStatisticsOnly } from './histogram-statistics.ts';
import type { PlannedSelection } from './selection-plan.ts';
import type { Supervisor } from './supervisor.ts';

interface Fetch {
  readonly matchers: readonly Matcher[];
  readonly selections: PlannedSelection[];
  time: TimeRange;
}

/** Reads the series of all selectors of a query, those with the same matchers and overlapping times once. */
export class Selections {
  readonly #source: SeriesSource;
  readonly #supervisor: Supervisor;
  readonly #step: number;
  readonly #pending = new Map<VectorSelector, Promise<SeriesSet>>();

  constructor(source: SeriesSource, supervisor: Supervisor, step: number) {
    this.#source = source;
    this.#supervisor = supervisor;
    this.#step = step;
  }

  /** Starts reading. */
  start(planned: readonly PlannedSelection[]): void {
    for (const fetch of group(planned)) {
      const [first] = fetch.selections;
      if (first === undefined) continue;
      const { range, func } = first;
      const series = this.select(
        fetch.matchers,
        fetch.time,
        fetch.selections.length === 1 ? { range, func } : {},
      );
      for (const selection of fetch.selections) {
        const isWhole = selection.time.from === fetch.time.from && selection.time.to === fetch.time.to;
        const own = series.then((all) => {
          const part = isWhole ? all : mapped(all, (one) => cut(one, selection.time));
          return selection.statisticsOnly ? mapped(part, withStatisticsOnly) : part;
        });
        // Where one selection fails, the query fails with it and may never come to ask for this one.
        own.catch(() => undefined);
        this.#pending.set(selection.selector, own);
      }
    }
  }

  /** The series of a selector, of which some may have no samples. Each selector's can be taken once. */
  take(selector: VectorSelector): Promise<SeriesSet> {
    const series = this.#pending.get(selector) ?? Promise.resolve(seriesSet([]));
    this.#pending.delete(selector);
    return series;
  }

  /** Reads series, within the limits. */
  async select(
    matchers: readonly Matcher[],
    time: TimeRange,
    { range = 0, func = '' }: { readonly range?: number; readonly func?: string },
  ): Promise<SeriesSet> {
    const { maxSamples, maxSeries } = this.#supervisor.limits;
    const hints = { step: this.#step, range, func, maxSamples, maxSeries };
    const series = await this.#source.select(matchers, time, hints, this.#supervisor.signal);
    this.#supervisor.check();
    this.#supervisor.checkSeries(series.seriesCount);
    this.#supervisor.read(series.sampleCount);
    return series;
  }
}

function group(planned: readonly PlannedSelection[]): Fetch[] {
  const fetches = new Map<string, Fetch[]>();
  for (const selection of [...planned].sort((a, b) => a.time.from - b.time.from)) {
    const { matchers } = selection.selector;
    const key = JSON.stringify(matchers.map(({ label, op, value }) => [label, op, value]).sort());
    const known = fetches.get(key) ?? [];
    fetches.set(key, known);
    const last = known.at(-1);
    if (last !== undefined && selection.time.from <= last.time.to + 1) {
      last.selections.push(selection);
      last.time = { from: last.time.from, to: Math.max(last.time.to, selection.time.to) };
    } else {
      known.push({ matchers, selections: [selection], time: selection.time });
    }
  }
  return [...fetches.values()].flat();
}
