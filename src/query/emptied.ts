import type { Binary, Call, Expr, MatrixSelector } from '../promql/ast.ts';
import { children } from '../promql/ast.ts';
import type { QueryResult } from '../promql/engine.ts';
import { rangeOf } from '../promql/evaluation/selector-times.ts';
import { unwrapped } from '../promql/evaluation/unwrapped.ts';
import { METRIC_NAME } from '../promql/labels.ts';
import { parseQuery } from '../promql/parser.ts';
import { printQuery } from '../promql/printer.ts';
import type { MetricQueryOptions, MetricStore, PromqlQuery } from '../store/metrics/metric-store.ts';
import type { Note } from './results.ts';

const minute = 60_000;

/** Evaluations of parts of a query, in all. */
const mostEvaluations = 8;

const comparisons: ReadonlySet<string> = new Set(['==', '!=', '>', '<', '>=', '<=']);

/**
 * Which part of a query takes all series away, where its selectors find some: the innermost one that has none
 * while what it is made of has.
 */
export class Emptied {
  readonly #store: MetricStore;
  readonly #query: PromqlQuery;
  readonly #options: MetricQueryOptions;
  #left = mostEvaluations;

  constructor({
    store,
    query,
    options,
  }: {
    readonly store: MetricStore;
    readonly query: PromqlQuery;
    readonly options: MetricQueryOptions;
  }) {
    this.#store = store;
    this.#query = query;
    this.#options = options;
  }

  /** Undefined where it is not found out. `expr` has no series. */
  async explain(expr: Expr): Promise<Note | undefined> {
    const node = unwrapped(expr);
    switch (node.kind) {
      case 'binary':
        return this.#binary(node);
      case 'call': {
        const [range] = node.args.filter(({ kind }) => kind === 'matrixSelector');
        if (range?.kind === 'matrixSelector') return this.#range(node, range);
        return this.#within(node);
      }
      case 'aggregate':
      case 'unary':
        return this.#within(node);
      default:
        return undefined;
    }
  }

  /** The first of its vectors that is empty. */
  async #within(node: Expr): Promise<Note | undefined> {
    for (const child of children(node)) {
      if (child.type === 'vector' && (await this.#isEmpty(child))) return this.explain(child);
    }
    return undefined;
  }

  async #binary(node: Binary): Promise<Note | undefined> {
    for (const side of [node.left, node.right]) {
      if (side.type === 'vector' && node.op !== 'or' && (await this.#isEmpty(side))) {
        return (await this.explain(side)) ?? quoting(`${printQuery(side)} has no series`);
      }
    }
    if (node.matching === undefined) return this.#filtered(node);
    if (node.op === 'unless') {
      return quoting(`every series of ${printQuery(node.left)} is on the right of unless too`);
    }
    const isComparison = comparisons.has(node.op) && !node.returnBool;
    if (isComparison && !(await this.#isEmpty({ ...node, returnBool: true }))) {
      return quoting(`the sides meet, but nowhere is ${printQuery(node)} true`);
    }
    const [left, right] = [await this.#example(node.left), await this.#example(node.right)];
    if (left === undefined || right === undefined) return undefined;
    const by = node.matching.on
      ? `on (${node.matching.labels.join(', ')})`
      : 'by all labels; on (…) or ignoring (…) says which count';
    return quoting(`no series of the two sides meet ${by}: left there is ${left}, right ${right}`);
  }

  /** A comparison with a number. */
  async #filtered({ op, left, right }: Binary): Promise<Note | undefined> {
    const side = left.type === 'vector' ? left : right;
    if (!comparisons.has(op) || side.type !== 'vector') return undefined;
    const text = printQuery(side);
    const values = [
      ...valuesOf(await this.#evaluate(`min(${text})`)),
      ...valuesOf(await this.#evaluate(`max(${text})`)),
    ];
    if (values.length === 0) return undefined;
    const [least, greatest] = [Math.min(...values), Math.max(...values)];
    return quoting(
      least === greatest
        ? `${text} has no value but ${least}, which the comparison leaves out`
        : `${text} has values from ${least} to ${greatest}: the comparison leaves all out`,
    );
  }

  /** A function of a range, of which series have samples. */
  async #range({ name }: Call, range: MatrixSelector): Promise<Note | undefined> {
    const values = valuesOf(await this.#evaluate(`max(count_over_time(${printQuery(range)}))`));
    if (values.length > 0 && Math.max(...values) >= 2) return undefined;
    const width = printQuery(range).slice(printQuery(range.selector).length);
    const { text, start, end, step } = this.#query;
    const isShort = rangeOf(range, { text, start, end, step, subqueryStep: minute }) < 5 * minute;
    const advice = isShort ? `, such as [5m]` : '';
    const found = values.length === 0 ? 'no sample where the query looks' : 'at most 1 sample of a series';
    return quoting(
      `${name} needs samples in its range: ${printQuery(range)} holds ${found}; take a longer range than ${width}${advice}`,
    );
  }

  async #isEmpty(expr: Expr): Promise<boolean> {
    const result = await this.#evaluate(`count(${printQuery(expr)})`);
    return (
      result !== undefined &&
      (result.type === 'vector' || result.type === 'matrix') &&
      result.result.length === 0
    );
  }

  /** The labels of one of its series. */
  async #example(expr: Expr): Promise<string | undefined> {
    const result = await this.#evaluate(`limitk(1, ${printQuery(expr)})`);
    if (result === undefined || (result.type !== 'vector' && result.type !== 'matrix')) return undefined;
    const [first] = result.result;
    return first && `${first.labels.with(METRIC_NAME, '')}`;
  }

  async #evaluate(text: string): Promise<QueryResult | undefined> {
    if (this.#left === 0) return undefined;
    this.#left--;
    return this.#store.evaluate({ ...this.#query, text, expr: parseQuery(text) }, this.#options);
  }
}

function valuesOf(result: QueryResult | undefined): number[] {
  if (result?.type === 'vector')
    return result.result.map(({ value }) => value).filter((value) => !Number.isNaN(value));
  if (result?.type !== 'matrix') return [];
  return result.result.flatMap(({ values }) => [...values]).filter((value) => !Number.isNaN(value));
}

const quoting = (text: string): Note => ({ text, quotesTelemetry: true });
