import { describe, expect, test } from 'vitest';
import { InputError } from '../input-error.ts';
import { evaluateFormula, type FormulaResult } from './evaluate.ts';
import type { SeriesOperand } from './operand.ts';
import { parseFormula } from './parser.ts';
import { FormulaWork } from './work.ts';

type Values = readonly (number | null)[];
type Rows = readonly (readonly [labels: string, ...values: Values])[];

/** Series of the labels `name=value,…`; null is no value. */
function series(names: string, rows: Rows, more: Partial<SeriesOperand> = {}): SeriesOperand {
  return {
    names: new Set(names === '' ? [] : names.split(',')),
    series: rows.map(([labels, ...values]) => ({
      labels: labelsOf(labels),
      values: Float64Array.from(values, (value) => value ?? Number.NaN),
    })),
    absent: Number.NaN,
    additive: false,
    unit: undefined,
    ...more,
  };
}

const labelsOf = (text: string): Record<string, string> =>
  Object.fromEntries(text === '' ? [] : text.split(',').map((pair) => pair.split('=')));

/** Counts of records: what is missing is 0. */
const counts = (names: string, rows: Rows) => series(names, rows, { absent: 0, additive: true });

function evaluate(
  text: string,
  operands: Readonly<Record<string, SeriesOperand>>,
  work = new FormulaWork(),
): FormulaResult {
  const steps = Object.values(operands).flatMap((operand) => operand.series)[0]?.values?.length ?? 1;
  return evaluateFormula({
    text,
    formula: parseFormula(text),
    operands: new Map(Object.entries(operands)),
    steps,
    work,
  });
}

/** The result as rows, in any order. */
function rows(text: string, operands: Readonly<Record<string, SeriesOperand>>): Record<string, Values> {
  return Object.fromEntries(
    evaluate(text, operands).operand.series.map(({ labels, values = [] }) => [
      Object.entries(labels)
        .map((pair) => pair.join('='))
        .join(','),
      [...values].map((value) => (Number.isNaN(value) ? null : value)),
    ]),
  );
}

function refusal(
  text: string,
  operands: Readonly<Record<string, SeriesOperand>>,
  work?: FormulaWork,
): InputError {
  try {
    evaluate(text, operands, work);
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error('it was evaluated');
}

const errors = counts('service', [
  ['service=a', 2, 0],
  ['service=b', 5, 5],
]);
const all = counts('service', [
  ['service=b', 10, 20],
  ['service=a', 8, 0],
  ['service=c', 4, 1],
]);
const cpu = series('service', [
  ['service=a', 0.5, null],
  ['service=d', 2, 4],
]);

describe('counts', () => {
  test('a count that is missing is 0 where the other side has a series', () => {
    expect(rows('(A / B) * 100', { A: errors, B: all })).toEqual({
      'service=a': [25, null],
      'service=b': [50, 25],
      'service=c': [0, 0],
    });
  });

  test('a value divided by zero is none, and is counted', () => {
    const { joins, dividedByZero, undefinedValues } = evaluate('(A / B) * 100', { A: errors, B: all });
    expect(joins).toEqual([
      { left: 'A', right: 'B', joined: 2, leftAlone: 0, rightAlone: 1, leftAbsent: 0, rightAbsent: 0 },
    ]);
    expect({ dividedByZero, undefinedValues }).toEqual({ dividedByZero: 1, undefinedValues: 0 });
  });

  test('the other way round, the missing divisor is 0 too', () => {
    const { operand, dividedByZero } = evaluate('B / A', { A: errors, B: all });
    expect(operand.series.map(({ labels, values }) => [labels.service, [...(values ?? [])]])).toEqual([
      ['b', [2, 4]],
      ['a', [4, NaN]],
      ['c', [NaN, NaN]],
    ]);
    expect(dividedByZero).toBe(3);
  });

  test('what is computed of counts and numbers is as if they were 0 where they are missing', () => {
    const operands = { A: errors, B: all };
    const expected = { 'service=a': [25, null], 'service=b': [50, 25], 'service=c': [0, 0] };
    expect(rows('A * 100 / B', operands)).toEqual(expected);
    expect(rows('(A + A) * 50 / B', operands)).toEqual(expected);
    expect(rows('(A - 0) / (B / 100)', operands)).toEqual(expected);
    expect(rows('100 * abs(-A) / max(B, 0)', operands)).toEqual(expected);
    expect(rows('(B - A) / B', operands)).toMatchObject({ 'service=c': [1, 1] });
    expect(rows('(A + 1) / B', operands)).toMatchObject({ 'service=c': [0.25, 1] });
    expect(rows('exp(A) + B', operands)).toMatchObject({ 'service=c': [5, 2] });
  });

  test('a ratio of counts is no count', () => {
    expect(rows('A / B + C', { A: errors, B: all, C: counts('service', [['service=z', 1, 1]]) })).toEqual({
      'service=b': [0.5, 0.25],
      'service=a': [0.25, null],
      'service=c': [0, 0],
    });
  });

  test('of nothing', () => {
    const none = counts('service', []);
    expect(rows('A / B', { A: none, B: all })).toEqual({
      'service=a': [0, null],
      'service=b': [0, 0],
      'service=c': [0, 0],
    });
    expect(rows('A / B', { A: none, B: none })).toEqual({});
    expect(evaluate('A / B', { A: none, B: none }).joins).toEqual([
      expect.objectContaining({ left: 'A', right: 'B', joined: 0, leftAlone: 0, rightAlone: 0 }),
    ]);
  });
});

describe('other values', () => {
  test('what is missing gives no value', () => {
    expect(rows('A / B', { A: errors, B: cpu })).toEqual({ 'service=a': [4, null], 'service=d': [0, 0] });
    expect(evaluate('A / B', { A: errors, B: cpu }).joins).toEqual([
      expect.objectContaining({ left: 'A', right: 'B', joined: 1, leftAlone: 1, rightAlone: 1 }),
    ]);
    expect(
      rows('B + C', {
        B: cpu,
        C: series('service', [
          ['service=a', 1, 1],
          ['service=e', 1, 1],
        ]),
      }),
    ).toEqual({ 'service=a': [1.5, null] });
  });

  test('default() fills it', () => {
    expect(rows('default(B, -1)', { B: cpu })).toEqual({ 'service=a': [0.5, -1], 'service=d': [2, 4] });
    expect(rows('A / default(B, 10)', { A: all, B: cpu })).toEqual({
      'service=a': [16, 0],
      'service=b': [1, 2],
      'service=c': [0.4, 0.1],
      'service=d': [0, 0],
    });
    const other = series('service', [
      ['service=a', 1, 1],
      ['service=e', 1, 1],
    ]);
    expect(rows('default(B + C, 0)', { B: cpu, C: other })).toEqual({
      'service=a': [1.5, 0],
      'service=d': [0, 0],
      'service=e': [0, 0],
    });
  });

  test('infinite values of metrics stay, and what is no number goes', () => {
    const odd = series('', [['', Number.POSITIVE_INFINITY, Number.NaN, -1]]);
    expect(rows('A + 1', { A: odd })).toEqual({ '': [Number.POSITIVE_INFINITY, null, 0] });
    expect(rows('sqrt(A)', { A: odd })).toEqual({ '': [Number.POSITIVE_INFINITY, null, null] });
    expect(evaluate('A - A + sqrt(A)', { A: odd })).toMatchObject({ undefinedValues: 2, dividedByZero: 0 });
  });

  test('a number alone is one series', () => {
    expect(rows('2 ^ 10', {})).toEqual({ '': [1024] });
    expect(evaluate('1 / 0', {})).toMatchObject({ dividedByZero: 1, joins: [] });
  });
});

describe('labels', () => {
  const pods = series('service,pod', [
    ['service=a,pod=a-0', 1],
    ['service=a,pod=a-1', 3],
    ['service=b,pod=b-0', 5],
  ]);
  const services = series('service', [
    ['service=a', 4],
    ['service=c', 9],
  ]);
  const total = series('', [['', 10]]);

  test('where one side has a part of the labels, each of its series meets all that agree', () => {
    const expected = { 'service=a,pod=a-0': [0.25], 'service=a,pod=a-1': [0.75] };
    expect(rows('A / B', { A: pods, B: services })).toEqual(expected);
    expect(rows('B / A', { A: pods, B: services })).toEqual({
      'service=a,pod=a-0': [4],
      'service=a,pod=a-1': [4 / 3],
    });
    expect(evaluate('A / B', { A: pods, B: services }).joins).toEqual([
      expect.objectContaining({ left: 'A', right: 'B', joined: 2, leftAlone: 1, rightAlone: 1 }),
    ]);
  });

  test('a series without labels meets all', () => {
    expect(rows('A / B', { A: services, B: total })).toEqual({ 'service=a': [0.4], 'service=c': [0.9] });
    expect(rows('B / A', { A: services, B: total })).toEqual({ 'service=a': [2.5], 'service=c': [10 / 9] });
  });

  test('a count with more labels is 0 for what has none of it', () => {
    const failing = counts('service,pod', [['service=a,pod=a-1', 2]]);
    expect(rows('A / B', { A: failing, B: services })).toEqual({
      'service=a,pod=a-1': [0.5],
      'service=c': [0],
    });
    expect(rows('A / B', { A: failing, B: pods })).toEqual({
      'service=a,pod=a-0': [0],
      'service=a,pod=a-1': [2 / 3],
      'service=b,pod=b-0': [0],
    });
  });

  test('a label that some series lack is an empty one', () => {
    const mixed = series('job,cluster', [
      ['job=x', 2],
      ['job=x,cluster=eu', 3],
      ['job=y', 5],
    ]);
    const other = series('job,cluster', [
      ['job=x', 10],
      ['job=y,cluster=eu', 10],
    ]);
    expect(rows('A * B', { A: mixed, B: other })).toEqual({ 'job=x': [20] });
    expect(rows('A + B', { A: mixed, B: series('job', [['job=x', 1]]) })).toEqual({
      'job=x': [3],
      'job=x,cluster=eu': [4],
    });
  });

  test('other labels are an error that names both sets', () => {
    const error = refusal('2 * (A / B)', { A: pods, B: series('workload,pod', [['workload=w,pod=p', 1]]) });
    expect(error.message).toMatch(
      /^A has the labels \{pod, service\}, B has \{pod, workload\}: series meet by equal labels/,
    );
    expect(error.place).toEqual({ text: '2 * (A / B)', start: 4, end: 11 });
  });

  test('also where a side has no series, but is known to have other labels', () => {
    const error = refusal('A / B', { A: services, B: counts('workload', []) });
    expect(error.message).toMatch(/^A has the labels \{service\}, B has \{workload\}/);
  });

  test('labels of the same field meet under its name', () => {
    const metric = series('namespace,pod', [
      ['namespace=n,pod=p-0', 8],
      ['namespace=n,pod=p-1', 6],
    ]);
    const logs = counts('namespace,pod_name', [['namespace=n,pod_name=p-0', 4]]);
    const result = evaluate('L / M', { L: logs, M: metric });
    expect(rows('L / M', { L: logs, M: metric })).toEqual({
      'namespace=n,pod_name=p-0': [0.5],
      'namespace=n,pod_name=p-1': [0],
    });
    expect(result.notes).toEqual(['the label pod is taken for pod_name, which is the same field']);
    expect(rows('M / T', { M: metric, T: series('pod_name', [['pod_name=p-1', 2]]) })).toEqual({
      'namespace=n,pod_name=p-1': [3],
    });
    const both = series('pod,pod_name,x', [['pod=p-0,pod_name=p-1,x=1', 1]]);
    expect(refusal('L / M', { L: logs, M: both }).message).toContain('{pod, pod_name, x}');
  });
});

describe('what is known of the result', () => {
  const ns = series('', [['', 5]], { unit: 'ns' });
  const ms = series('', [['', 5]], { unit: 'ms' });
  test.each([
    ['A', true, undefined],
    ['A + A - A', true, undefined],
    ['-A * 2 / 3', true, undefined],
    ['A / A', false, undefined],
    ['A + 1', false, undefined],
    ['A + D', false, undefined],
    ['abs(A)', false, undefined],
    ['D - D', false, 'ns'],
    ['max(D, 5) + 1', false, 'ns'],
    ['abs(-round(D))', false, 'ns'],
    ['clamp(default(D, 0), 0, 9)', false, 'ns'],
    ['D / 1000000', false, undefined],
    ['D * D', false, undefined],
    ['D + M', false, undefined],
    ['sqrt(D)', false, undefined],
  ])('of %s: sums %s, unit %s', (text, additive, unit) => {
    const { operand } = evaluate(text, { A: counts('', [['', 1]]), D: ns, M: ms });
    expect({ additive: operand.additive, unit: operand.unit }).toEqual({ additive, unit });
  });

  test('different units are noted', () => {
    expect(evaluate('D / M', { D: ns, M: ms }).notes).toEqual([
      'D is in ns, M in ms: the numbers are taken as they are',
    ]);
    expect(evaluate('D * M', { D: ns, M: ms }).notes).toEqual([]);
  });

  test('each operation between series is told, the outermost last', () => {
    expect(evaluate('min(A, B, 2) / (A + B)', { A: errors, B: all }).joins).toEqual([
      expect.objectContaining({ left: 'A', right: 'B', joined: 2, leftAlone: 0, rightAlone: 1 }),
      expect.objectContaining({ left: 'A', right: 'B', joined: 2, leftAlone: 0, rightAlone: 1 }),
      expect.objectContaining({
        left: 'min(A, B, 2)',
        right: '(A + B)',
        joined: 3,
        leftAlone: 0,
        rightAlone: 0,
      }),
    ]);
  });
});

describe('limits', () => {
  const many = (count: number, name = 'k') =>
    series(
      name,
      Array.from({ length: count }, (_, i): [string, number] => [`${name}=${i}`, i]),
    );

  test('ten thousand series and no more', () => {
    expect(evaluate('A + A', { A: many(10_000) }).operand.series).toHaveLength(10_000);
    const error = refusal('1 + A', { A: many(10_001) });
    expect(error.message).toBe(
      'A has more than 10000 groups, the most that a formula computes with. Group by fewer fields, or filter',
    );
    expect(error.place).toEqual({ text: '1 + A', start: 4, end: 5 });
  });

  test('of what comes out, too', () => {
    const left = counts(
      'k',
      Array.from({ length: 6000 }, (_, i): [string, number] => [`k=a${i}`, 1]),
    );
    const right = counts(
      'k',
      Array.from({ length: 6000 }, (_, i): [string, number] => [`k=b${i}`, 1]),
    );
    expect(refusal('A + B', { A: left, B: right }).message).toMatch(
      /^The formula has more than 10000 groups/,
    );
  });

  test('of work', () => {
    const text = Array(20).fill('A').join('+');
    expect(refusal(text, { A: many(1000) }, new FormulaWork(500_000)).message).toContain('too many values');
  });

  test('a bound that is upside down', () => {
    expect(refusal('clamp(A, 10, -10)', { A: many(1) })).toMatchObject({
      message: 'clamp goes from 10 to -10: the lower bound stands first',
      place: { start: 9, end: 16 },
    });
  });
});
