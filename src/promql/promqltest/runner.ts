import { InputError } from '../../telemetry/input-error.ts';
import {
  type EvaluateOptions,
  evaluate,
  type MatrixSeries,
  type QueryResult,
  type QueryValue,
} from '../engine.ts';
import { compareAnnotations, meets } from './annotations.ts';
import { compareValue } from './compare.ts';
import { toCustomBuckets } from './custom-buckets.ts';
import { parseScript } from './parse-script.ts';
import { type Command, type DescribedSeries, type EvalCommand, inLine, type LoadCommand } from './script.ts';
import { type LoadedSeries, memoryStore, type ScriptStore } from './store.ts';
import { isSameInRange, pinnedVariants, type Variant } from './variants.ts';

/** How one evaluation of a script went. */
export interface Outcome {
  /** The line of its command, from 1. */
  readonly line: number;
  readonly query: string;
  /** What differs; undefined where it passed. */
  readonly failure: string | undefined;
}

/** How a script is run. */
export interface RunOptions {
  /** Where series go and come from; default: memory. */
  readonly store?: ScriptStore;
  /** Handed to each evaluation. */
  readonly engine?: Omit<EvaluateOptions, 'source' | 'start' | 'end' | 'step'>;
}

/**
 * Runs a script of Prometheus' test language and gives the outcome of each evaluation. An instant query is
 * also evaluated with its selectors pinned by `@` at other times, and as a step of a range query, as in
 * Prometheus' own runner; all must give the same. A load that fails is an outcome too.
 *
 * @throws {ScriptError} where the script can't be read.
 */
export async function runScript(text: string, options: RunOptions = {}): Promise<readonly Outcome[]> {
  const run = new Run(options);
  const outcomes: Outcome[] = [];
  for (const command of parseScript(text)) outcomes.push(...(await run.execute(command)));
  return outcomes;
}

class Run {
  readonly #store: ScriptStore;
  readonly #engine: RunOptions['engine'];

  constructor({ store = memoryStore(), engine }: RunOptions) {
    this.#store = store;
    this.#engine = engine;
  }

  async execute(command: Command): Promise<readonly Outcome[]> {
    switch (command.kind) {
      case 'clear':
        await this.#store.clear();
        return [];
      case 'load':
        return this.#load(command);
      case 'eval': {
        const failure = await this.#evaluate(command);
        return [{ line: command.line, query: command.query, failure }];
      }
    }
  }

  async #load(command: LoadCommand): Promise<readonly Outcome[]> {
    try {
      await this.#store.add(inLine(command.line, () => toLoad(command)));
      return [];
    } catch (error) {
      return [{ line: command.line, query: 'load', failure: describe(error) }];
    }
  }

  async #evaluate(command: EvalCommand): Promise<string | undefined> {
    if (command.isRange) {
      const { start, end, step } = command;
      return this.#check(command, command.query, { start, end, step });
    }
    let variants: readonly Variant[] = [];
    try {
      variants = pinnedVariants(command.query, command.at);
    } catch (error) {
      // A query that can't be parsed fails below.
      if (!(error instanceof InputError)) throw error;
    }
    for (const variant of [{ query: command.query, at: command.at }, ...variants]) {
      const failure = await this.#evaluateInstant(command, variant);
      if (failure !== undefined)
        return variant.query === command.query
          ? failure
          : `${failure}\n  in ${variant.query} at ${variant.at}`;
    }
    return undefined;
  }

  async #evaluateInstant(command: EvalCommand, { query, at }: Variant): Promise<string | undefined> {
    const failure = await this.#check(command, query, { start: at, end: at, step: 0 });
    const isPlain =
      command.alsoAsRange && !command.expectations.ordered && command.expectations.fail === undefined;
    if (failure !== undefined || !isPlain || !isSameInRange(query)) return failure;
    const around = { start: at - 60_000, end: at + 60_000, step: 60_000 };
    try {
      const difference = compareValue(command, middle(await this.#query(query, around), at, command));
      return difference === undefined ? undefined : `as a range query: ${difference}`;
    } catch (error) {
      return `as a range query: ${describe(error)}`;
    }
  }

  async #check(
    command: EvalCommand,
    query: string,
    times: Pick<EvaluateOptions, 'start' | 'end' | 'step'>,
  ): Promise<string | undefined> {
    const { fail } = command.expectations;
    let result: QueryResult;
    try {
      result = await this.#query(query, times);
    } catch (error) {
      const message = describe(error);
      if (fail === undefined || !(error instanceof InputError)) return message;
      return meets(message, fail)
        ? undefined
        : `expected the error ${fail.message ?? fail.pattern}, got ${message}`;
    }
    if (fail !== undefined) return 'expected an error';
    return compareAnnotations(command, result) ?? compareValue(command, result);
  }

  #query(query: string, times: Pick<EvaluateOptions, 'start' | 'end' | 'step'>): Promise<QueryResult> {
    return evaluate(query, { ...this.#engine, ...times, source: this.#store.source });
  }
}

function describe(error: unknown): string {
  if (error instanceof InputError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** What a range query has at one time, as an instant query would give it. */
function middle(result: QueryValue, at: number, command: EvalCommand): QueryValue {
  if (result.type !== 'matrix') return result;
  const samples = result.result.flatMap((series: MatrixSeries) => {
    const index = series.timestamps.indexOf(at);
    if (index === -1) return [];
    const histogram = series.histograms?.[index];
    return [{ labels: series.labels, value: series.values[index] ?? Number.NaN, histogram }];
  });
  if (command.expected.kind === 'scalar' && samples[0] !== undefined) {
    return { type: 'scalar', result: samples[0].value };
  }
  return { type: 'vector', result: samples };
}

function toLoad(command: LoadCommand): readonly LoadedSeries[] {
  // A series that is described twice is the last one.
  const described = new Map(command.series.map((series) => [series.labels.key, series]));
  const loaded = [...described.values()].map((series) => toSeries(series, command.interval));
  return command.withCustomBuckets ? [...loaded, ...toCustomBuckets(loaded)] : loaded;
}

function toSeries({ labels, points, startOffsets }: DescribedSeries, interval: number): LoadedSeries {
  const samples = points.flatMap((point, index) => {
    if (point === undefined) return [];
    const timestamp = index * interval;
    const offset = startOffsets?.[index];
    const startTimestamp = offset === undefined ? undefined : timestamp + offset;
    const value = point.histogram === undefined ? point.value : 0;
    const stale = point.histogram === undefined && point.stale;
    return [{ timestamp, value, stale, histogram: point.histogram, startTimestamp }];
  });
  return { labels, samples };
}
