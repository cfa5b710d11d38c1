import type { Expr } from '../promql/ast.ts';
import { printQuery } from '../promql/printer.ts';
import { StoreError } from '../store/store-error.ts';
import { labelsIn } from '../telemetry/formula/ast.ts';
import { mostFormulaSeries } from '../telemetry/formula/evaluate.ts';
import { isQueryLabel } from '../telemetry/formula/lexer.ts';
import type { SeriesOperand } from '../telemetry/formula/operand.ts';
import { evaluationOrder, type NamedFormula } from '../telemetry/formula/order.ts';
import { parseFormula } from '../telemetry/formula/parser.ts';
import { FormulaWork } from '../telemetry/formula/work.ts';
import { InputError } from '../telemetry/input-error.ts';
import { parseWindow } from '../telemetry/time.ts';
import type { Window } from '../telemetry/window.ts';
import { aggregateRecords } from './analyze.ts';
import { checkType, timeNotes } from './analyze-metrics.ts';
import { evaluateMetrics } from './evaluate-metrics.ts';
import { answerFormula } from './formula-answers.ts';
import { metricsOperand, recordsOperand } from './formula-operands.ts';
import { type Grid, partialEnds, readGrid } from './grid.ts';
import { lowered } from './limits.ts';
import { metricStoreOf } from './metric-subject.ts';
import { parsePromql } from './parse-promql.ts';
import type { Call } from './queries.ts';
import { groupLimit } from './requests.ts';
import type { Note } from './results.ts';
import type { QueryContext } from './subject.ts';
import { type AnalyzeTelemetryRequest, type LabelledQuery, mostQueries } from './telemetry-requests.ts';
import type { AnalyzeTelemetryResult, LabelledAnswer } from './telemetry-results.ts';
import { together } from './together.ts';

/**
 * Asks logs, traces and metrics side by side, over one window and on one grid, and computes formulas of
 * what they give. Metrics are evaluated at the end of each bucket and stand at its start.
 *
 * @throws InputError naming the label of the query that can't be answered
 * @throws StoreError, with the label, when the store does not answer
 */
export async function analyzeTelemetry(
  context: QueryContext,
  request: AnalyzeTelemetryRequest,
  call: Call,
): Promise<AnalyzeTelemetryResult> {
  const { queries, queryType } = request;
  const now = context.now();
  const { window, relative, notes } = parseWindow(request, now);
  const limit = lowered('limit', request.limit, groupLimit);
  const formulas = readFormulas(queries);
  const labels = queries.map(({ label }) => label);
  const order = evaluationOrder(formulas, labels);
  const needed = new Set(
    [...formulas.values()].flatMap(({ formula }) => labelsIn(formula).map(({ label }) => label)),
  );
  const grid = queryType === 'range' ? readGrid(request.step, window, now) : undefined;
  const clock = relative ? now : undefined;
  const asked: Asked = { request, window, notes, now, clock, grid, limit: limit.value, needed };
  const fixed = { ...context, now: () => now };
  const found = await together(call.signal, (signal) =>
    Promise.all(
      queries.map((query) =>
        // A signal of its own for each: Node warns of more than ten listeners of one.
        query.datasource === 'formula'
          ? undefined
          : ask(fixed, query, asked, { ...call, signal: AbortSignal.any([signal]) }),
      ),
    ),
  );
  const operands = new Map<string, SeriesOperand>();
  const answers = new Map<string, LabelledAnswer>();
  for (const one of found) {
    if (one === undefined) continue;
    if (one.operand !== undefined) operands.set(one.answer.label, one.operand);
    answers.set(one.answer.label, one.answer);
  }
  const work = new FormulaWork();
  for (const label of order) {
    const named = formulas.get(label);
    if (named === undefined) continue;
    const { operand, answer } = withLabel(label, () =>
      answerFormula(
        { ...named, operands, steps: grid?.buckets.length ?? 1, work },
        { window, now: clock, notes: [], grid, limit: limit.value },
      ),
    );
    operands.set(label, operand);
    answers.set(label, { label, feeds: needed.has(label), kind: 'formula', result: answer });
  }
  return {
    queryType,
    window,
    now: clock,
    step: grid === undefined ? null : grid.step / 1000,
    partial: partialEnds(grid),
    answers: labels.flatMap((label) => answers.get(label) ?? []),
    notes: [
      ...notes,
      ...limit.notes,
      ...(grid === undefined && request.step !== undefined
        ? ['step plays no part in an instant query; queryType "range" gives values over time']
        : []),
    ],
  };
}

/** What all queries of a request have in common. */
interface Asked {
  readonly request: AnalyzeTelemetryRequest;
  readonly window: Window;
  readonly now: bigint;
  /** On the window: the request as a whole has them, not each query. */
  readonly notes: readonly Note[];
  /** The clock, where the answer has to state it. */
  readonly clock: bigint | undefined;
  readonly grid: Grid | undefined;
  readonly limit: number;
  /** Labels that formulas name. */
  readonly needed: ReadonlySet<string>;
}

interface Found {
  readonly answer: LabelledAnswer;
  /** Where a formula needs it. */
  readonly operand: SeriesOperand | undefined;
}

function readFormulas(queries: readonly LabelledQuery[]): ReadonlyMap<string, NamedFormula> {
  if (queries.length === 0) {
    throw new InputError('queries: is empty; it maps labels to queries, such as {"A":{"datasource":"logs"}}');
  }
  if (queries.length > mostQueries) {
    throw new InputError(`queries: there are ${queries.length}, at most ${mostQueries} are answered at once`);
  }
  const formulas = new Map<string, NamedFormula>();
  for (const query of queries) {
    const { label } = query;
    if (!isQueryLabel(label)) {
      throw new InputError(
        `queries: ${JSON.stringify(label)} is no label of a query; it takes letters, digits and _, up to 64, and begins with a letter: A, errors, p99_checkout`,
      );
    }
    if (query.datasource !== 'formula') continue;
    const text = query.expression;
    formulas.set(label, { text, formula: withLabel(label, () => parseFormula(text)) });
  }
  return formulas;
}

async function ask(
  context: QueryContext,
  query: Exclude<LabelledQuery, { datasource: 'formula' }>,
  asked: Asked,
  call: Call,
): Promise<Found> {
  try {
    return await (query.datasource === 'metrics'
      ? askMetrics(context, query, asked, call)
      : askRecords(context, query, asked, call));
  } catch (error) {
    throw labelled(query.label, error);
  }
}

async function askRecords(
  context: QueryContext,
  { label, datasource, ...query }: LabelledQuery & { readonly datasource: 'logs' | 'traces' },
  { request, notes, grid, limit, needed }: Asked,
  call: Call,
): Promise<Found> {
  const { fromTime, toTime, queryType, step } = request;
  const feeds = needed.has(label);
  const found = await aggregateRecords(
    context,
    { ...query, signal: datasource, fromTime, toTime, queryType, step: grid && step },
    call,
    feeds ? mostFormulaSeries + 1 : limit,
  );
  const answer = found.answer(limit);
  return {
    answer: {
      label,
      feeds,
      kind: 'records',
      result: { ...answer, notes: answer.notes.filter((note) => !notes.includes(note)) },
    },
    operand: feeds ? recordsOperand(found, grid) : undefined,
  };
}

async function askMetrics(
  context: QueryContext,
  { label, promql }: LabelledQuery & { readonly datasource: 'metrics' },
  { request, window, now, clock, grid, limit, needed }: Asked,
  call: Call,
): Promise<Found> {
  const store = metricStoreOf(context);
  const expr = parsePromql(promql);
  checkType(expr, promql);
  const times = grid === undefined ? ({ kind: 'end' } as const) : ({ kind: 'buckets', grid } as const);
  const found = await evaluateMetrics(context, { store, promql, expr, window, times }, call);
  const answer = found.answer(limit, clock);
  const feeds = needed.has(label);
  const notes = [
    ...timeNotes({ ...request, step: undefined }, expr, window, now),
    ...cutNotes(expr, grid),
    ...answer.notes,
  ];
  return {
    answer: { label, feeds, kind: 'metrics', result: { ...answer, notes } },
    operand: feeds ? metricsOperand(found.result, grid) : undefined,
  };
}

/** Whatever fails says the label of the query. */
/** A last bucket that is cut is evaluated by itself: what a query says of its own times is another thing there. */
function cutNotes(expr: Expr, grid: Grid | undefined): string[] {
  const isCut = partialEnds(grid).last && (grid?.buckets.length ?? 0) > 1;
  const unquoted = printQuery(expr).replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
  if (!isCut || !/\b(?:start|end|range)\(\)/.test(unquoted)) return [];
  return [
    'the last bucket is cut: there start() and end() are its own end, and range() is 0; a window that ends at a multiple of the step has no such bucket',
  ];
}

function withLabel<T>(label: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw labelled(label, error);
  }
}

function labelled(label: string, error: unknown): unknown {
  if (error instanceof InputError) return new InputError(`${label}: ${error.message}`, error.place);
  if (error instanceof StoreError && error.kind !== 'aborted') {
    return new StoreError(error.kind, error.message, { cause: error, query: label });
  }
  return error;
}
