import { InputError } from '../input-error.ts';
import { Arithmetic } from './arithmetic.ts';
import type { Formula, Span } from './ast.ts';
import { type BinaryOperation, type UnaryOperation, unaryOperations } from './functions.ts';
import { combineSeries, type MeetingCount, meet, seriesOf } from './meeting.ts';
import type { FormulaSeries, Operand, SeriesOperand } from './operand.ts';
import { constantValue } from './parser.ts';
import type { FormulaWork } from './work.ts';

/** Series that take part in a formula at most. */
export const mostFormulaSeries = 10_000;

/** How the series of two parts of a formula met. */
export interface JoinCount extends MeetingCount {
  /** The parts, as they stand in the formula. */
  readonly left: string;
  readonly right: string;
}

export interface FormulaResult {
  readonly operand: SeriesOperand;
  /** Of each operation between series, the outermost last. */
  readonly joins: readonly JoinCount[];
  /** Values that were left out because a divisor was 0. */
  readonly dividedByZero: number;
  /** Values that were left out because they are no number: roots and logarithms of negative ones, overflow. */
  readonly undefinedValues: number;
  readonly notes: readonly string[];
}

/** What a formula is computed from. */
export interface FormulaInput {
  readonly text: string;
  readonly formula: Formula;
  /** What each label stands for. */
  readonly operands: ReadonlyMap<string, SeriesOperand>;
  /** Times of the grid; 1 for an instant query. */
  readonly steps: number;
  /** Bounds the work of all formulas of a request. */
  readonly work: FormulaWork;
}

/**
 * Computes a formula, time by time and series by series.
 *
 * @throws InputError, with the place, for labels that can't meet and for more series or work than is done
 */
export function evaluateFormula(input: FormulaInput): FormulaResult {
  return new Evaluation(input).run();
}

class Evaluation {
  readonly #input: FormulaInput;
  readonly #joins: JoinCount[] = [];
  readonly #notes = new Set<string>();
  readonly #arithmetic = new Arithmetic();

  constructor(input: FormulaInput) {
    this.#input = input;
  }

  run(): FormulaResult {
    const { formula, steps } = this.#input;
    const value = this.#evaluate(formula);
    const operand = typeof value === 'number' ? constant(value, steps) : value;
    const series = operand.series.filter(({ values }) => values !== undefined);
    this.#checkCount(series.length, formula.span, 'The formula');
    return {
      operand: { ...operand, series },
      joins: this.#joins,
      dividedByZero: this.#arithmetic.dividedByZero,
      undefinedValues: this.#arithmetic.undefinedValues,
      notes: [...this.#notes],
    };
  }

  #evaluate(formula: Formula): Operand {
    switch (formula.kind) {
      case 'number':
        return formula.value;
      case 'label':
        return this.#label(formula.label, formula.span);
      case 'negation':
        return this.#map('negation', this.#evaluate(formula.operand), formula.span);
      case 'binary': {
        const { operator, left, right } = formula;
        return this.#combine(operator, [left, this.#evaluate(left)], [right, this.#evaluate(right)], formula);
      }
      case 'call':
        return this.#call(formula);
    }
  }

  #label(label: string, span: Span): Operand {
    const operand = this.#input.operands.get(label);
    if (operand === undefined) throw new TypeError(`no operand ${label}`);
    this.#checkCount(operand.series.length, span, label);
    return operand;
  }

  #call(call: Formula & { readonly kind: 'call' }): Operand {
    const { name, args, span } = call;
    const [first, ...others] = args;
    if (first === undefined) throw new TypeError(`${name} without an argument`);
    const value = this.#evaluate(first);
    switch (name) {
      case 'default':
        return this.#fill(value, others[0] === undefined ? 0 : (constantValue(others[0]) ?? 0), span);
      case 'min':
      case 'max':
        return others.reduce<Operand>(
          (so, other) => this.#combine(name, [first, so], [other, this.#evaluate(other)], call),
          value,
        );
      case 'clamp': {
        const [low, high] = others;
        if (low === undefined || high === undefined) throw new TypeError('clamp without bounds');
        this.#checkBounds(low, high);
        const raised = this.#combine('max', [first, value], [low, this.#evaluate(low)], call);
        return this.#combine('min', [first, raised], [high, this.#evaluate(high)], call);
      }
      default:
        return this.#map(unaryName(name), value, span);
    }
  }

  #checkBounds(low: Formula, high: Formula): void {
    const least = constantValue(low);
    const most = constantValue(high);
    if (least !== undefined && most !== undefined && least > most) {
      throw this.#fail(`clamp goes from ${least} to ${most}: the lower bound stands first`, {
        start: low.span.start,
        end: high.span.end,
      });
    }
  }

  /** A function of one operand, value by value. */
  #map(name: UnaryOperation, value: Operand, span: Span): Operand {
    const apply = (a: number) => this.#arithmetic.map(name, a);
    if (typeof value === 'number') return apply(value);
    this.#work(value.series.length, span);
    const linear = name === 'negation';
    const keepsUnit = linear || name === 'abs' || name === 'ceil' || name === 'floor' || name === 'round';
    return {
      names: value.names,
      series: value.series.map(({ labels, values }) => ({ labels, values: values?.map(apply) })),
      // What series would have that are not there is no value of the answer, so it is not counted.
      absent: new Arithmetic().map(name, value.absent),
      additive: linear && value.additive,
      unit: keepsUnit ? value.unit : undefined,
    };
  }

  /** `default`: the number wherever there is no value. */
  #fill(value: Operand, filler: number, span: Span): Operand {
    const fill = (a: number) => (Number.isNaN(a) ? filler : a);
    if (typeof value === 'number') return fill(value);
    const { steps } = this.#input;
    this.#work(value.series.length, span);
    const series = value.series.map(({ labels, values }) => ({
      labels,
      values: values?.map(fill) ?? new Float64Array(steps).fill(filler),
    }));
    return { ...value, series, absent: fill(value.absent) };
  }

  /** An operation on two operands, value by value, between the series that meet. */
  #combine(
    name: BinaryOperation,
    [leftPart, left]: readonly [Formula, Operand],
    [rightPart, right]: readonly [Formula, Operand],
    { span }: Formula,
  ): Operand {
    const apply = (a: number, b: number) => this.#arithmetic.combine(name, a, b);
    if (typeof left === 'number' && typeof right === 'number') return apply(left, right);
    const absent = new Arithmetic().combine(name, absentOf(left), absentOf(right));
    const shape = { absent, ...unitAndSum(name, left, right) };
    if (typeof right === 'number' && typeof left !== 'number') {
      return { ...left, ...shape, series: this.#each(left, span, (a) => apply(a, right)) };
    }
    if (typeof left === 'number' && typeof right !== 'number') {
      return { ...right, ...shape, series: this.#each(right, span, (b) => apply(left, b)) };
    }
    if (typeof left === 'number' || typeof right === 'number') throw new TypeError('operands without series');
    this.#noteUnits(name, left, right, leftPart, rightPart);
    const { names, series } = this.#join(left, right, apply, { span, leftPart, rightPart });
    return { ...shape, names, series };
  }

  #each({ series }: SeriesOperand, span: Span, apply: (value: number) => number): FormulaSeries[] {
    this.#work(series.length, span);
    return series.map(({ labels, values }) => ({ labels, values: values?.map(apply) }));
  }

  #join(
    left: SeriesOperand,
    right: SeriesOperand,
    apply: (a: number, b: number) => number,
    { span, leftPart, rightPart }: { span: Span; leftPart: Formula; rightPart: Formula },
  ): Pick<SeriesOperand, 'names' | 'series'> {
    const meeting = meet(left, right);
    if (meeting === undefined) throw this.#mismatch(left, right, leftPart, rightPart, span);
    for (const [name, field] of meeting.renamed) {
      this.#notes.add(`the label ${name} is taken for ${field}, which is the same field`);
    }
    this.#work(seriesOf(meeting), span);
    const { series, count } = combineSeries(meeting, apply);
    this.#joins.push({ left: this.#textOf(leftPart), right: this.#textOf(rightPart), ...count });
    return { names: meeting.names, series };
  }

  #mismatch(
    left: SeriesOperand,
    right: SeriesOperand,
    leftPart: Formula,
    rightPart: Formula,
    span: Span,
  ): InputError {
    const set = ({ names }: SeriesOperand) => `{${[...names].sort().join(', ')}}`;
    return this.#fail(
      `${this.#textOf(leftPart)} has the labels ${set(left)}, ${this.#textOf(rightPart)} has ${set(right)}: series meet by equal labels, or where those of one side are a part of the other's. Group both by the same fields (groupBy; in PromQL sum by (…), or label_replace for a label of another name)`,
      span,
    );
  }

  #noteUnits(
    name: BinaryOperation,
    left: SeriesOperand,
    right: SeriesOperand,
    leftPart: Formula,
    rightPart: Formula,
  ): void {
    if (name === '*' || name === '^' || left.unit === right.unit) return;
    if (left.unit === undefined || right.unit === undefined) return;
    this.#notes.add(
      `${this.#textOf(leftPart)} is in ${left.unit}, ${this.#textOf(rightPart)} in ${right.unit}: the numbers are taken as they are`,
    );
  }

  #checkCount(series: number, span: Span, what: string): void {
    if (series <= mostFormulaSeries) return;
    throw this.#fail(
      `${what} has more than ${mostFormulaSeries} groups, the most that a formula computes with. Group by fewer fields, or filter`,
      span,
    );
  }

  #work(series: number, span: Span): void {
    if (this.#input.work.take(series, this.#input.steps)) return;
    throw this.#fail(
      'The formulas would compute too many values. Use a longer step, fewer groups, or fewer operations',
      span,
    );
  }

  /** A part of the formula as an answer names it. */
  #textOf({ span }: Formula): string {
    const text = this.#input.text.slice(span.start, span.end).replaceAll(/\s+/g, ' ');
    return text.length > 60 ? `${text.slice(0, 59)}…` : text;
  }

  #fail(message: string, span: Span): InputError {
    return new InputError(message, { text: this.#input.text, ...span });
  }
}

function unaryName(name: string): UnaryOperation {
  if (!isUnaryOperation(name)) throw new TypeError(`no function ${name}`);
  return name;
}

const isUnaryOperation = (name: string): name is UnaryOperation => Object.hasOwn(unaryOperations, name);

/** A number everywhere: a series without labels. */
function constant(value: number, steps: number): SeriesOperand {
  const series = [{ labels: {}, values: new Float64Array(steps).fill(value) }];
  return { names: new Set(), series, absent: value, additive: false, unit: undefined };
}

const absentOf = (operand: Operand): number => (typeof operand === 'number' ? operand : operand.absent);

/** Sums stay sums when they are added or scaled; a unit stays where it is plain what it is. */
function unitAndSum(
  name: BinaryOperation,
  left: Operand,
  right: Operand,
): Pick<SeriesOperand, 'additive' | 'unit'> {
  const sum = (operand: Operand) => typeof operand !== 'number' && operand.additive;
  const isNumber = (operand: Operand) => typeof operand === 'number';
  const unit = (operand: Operand) => (typeof operand === 'number' ? undefined : operand.unit);
  const same = isNumber(left) || isNumber(right) || unit(left) === unit(right);
  const added = name === '+' || name === '-';
  const compared = name === 'min' || name === 'max';
  return {
    additive:
      (added && sum(left) && sum(right)) ||
      (name === '*' && ((sum(left) && isNumber(right)) || (isNumber(left) && sum(right)))) ||
      (name === '/' && sum(left) && isNumber(right)),
    unit: (added || compared) && same ? (unit(left) ?? unit(right)) : undefined,
  };
}
