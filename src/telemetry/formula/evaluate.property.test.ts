import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BinaryOperator, Formula } from './ast.ts';
import { evaluateFormula } from './evaluate.ts';
import type { SeriesOperand } from './operand.ts';
import { parseFormula } from './parser.ts';
import { FormulaWork } from './work.ts';

/** A plain model: rows, joined by trying each with each. `undefined` is no value, `null` no partner. */
interface Row {
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number | undefined | null;
}
interface Table {
  readonly names: ReadonlySet<string>;
  readonly rows: readonly Row[];
  /** Of a row that is not there. */
  readonly missing: number | undefined;
}
type Model = number | undefined | Table;

const isTable = (model: Model): model is Table => typeof model === 'object';

function arithmetic(
  operator: BinaryOperator,
  a: number | undefined,
  b: number | undefined,
): number | undefined {
  if (a === undefined || b === undefined) return undefined;
  if ((operator === '/' || operator === '%') && b === 0) return undefined;
  const value = { '+': a + b, '-': a - b, '*': a * b, '/': a / b, '%': a % b, '^': a ** b }[operator];
  return Number.isFinite(value) ? value : undefined;
}

function model(formula: Formula, tables: Readonly<Record<string, Table>>): Model {
  switch (formula.kind) {
    case 'number':
      return formula.value;
    case 'label':
      return tables[formula.label];
    case 'negation':
      return mapped(model(formula.operand, tables), (a) => a && -a);
    case 'call': {
      const [first, filler] = formula.args;
      if (first === undefined || filler?.kind !== 'number') throw new Error('default alone is modelled');
      const so = model(first, tables);
      if (!isTable(so)) return so ?? filler.value;
      const rows = so.rows.map(({ labels, value }) => ({ labels, value: value ?? filler.value }));
      return { ...so, rows, missing: so.missing ?? filler.value };
    }
    case 'binary':
      return combined(formula.operator, model(formula.left, tables), model(formula.right, tables));
  }
}

function mapped(value: Model, apply: (a: number | undefined) => number | undefined): Model {
  if (!isTable(value)) return apply(value);
  const rows = value.rows.map((row) => ({ ...row, value: row.value === null ? null : apply(row.value) }));
  return { ...value, rows, missing: apply(value.missing) };
}

function combined(operator: BinaryOperator, left: Model, right: Model): Model {
  const apply = (a: number | undefined, b: number | undefined) => arithmetic(operator, a, b);
  if (!isTable(left)) return mapped(right, (b) => apply(left, b));
  if (!isTable(right)) return mapped(left, (a) => apply(a, right));
  const shared = [...left.names].filter((name) => right.names.has(name));
  const agree = (a: Row, b: Row) => shared.every((name) => a.labels.get(name) === b.labels.get(name));
  const pairs = left.rows.flatMap((a) =>
    right.rows
      .filter((b) => agree(a, b))
      .map((b): Row => {
        const labels = new Map([...a.labels, ...b.labels]);
        return { labels, value: a.value === null || b.value === null ? null : apply(a.value, b.value) };
      }),
  );
  const lonely = (
    rows: readonly Row[],
    others: readonly Row[],
    other: Table,
    value: (own: number | undefined) => number | undefined,
  ) =>
    rows
      .filter((row) => !others.some((one) => agree(row, one)))
      .map(
        (row): Row => ({
          labels: row.labels,
          value: row.value === null || other.missing === undefined ? null : value(row.value),
        }),
      );
  return {
    names: new Set([...left.names, ...right.names]),
    rows: [
      ...pairs,
      ...lonely(left.rows, right.rows, right, (own) => apply(own, right.missing)),
      ...lonely(right.rows, left.rows, left, (own) => apply(left.missing, own)),
    ],
    missing: apply(left.missing, right.missing),
  };
}

const namesOf: Readonly<Record<string, readonly string[]>> = {
  A: ['s', 'p'],
  B: ['s', 'p'],
  C: ['s'],
  D: ['s'],
  E: [],
};

/** Rows with different labels, two values of each, some of the values missing. */
function table(names: readonly string[], isCount: boolean): fc.Arbitrary<Table> {
  const row = fc.tuple(
    fc.array(fc.constantFrom('x', 'y', 'z'), { minLength: names.length, maxLength: names.length }),
    isCount ? fc.integer({ min: 0, max: 3 }) : fc.option(fc.integer({ min: -3, max: 3 }), { nil: undefined }),
  );
  const unique = fc.uniqueArray(row, { selector: ([values]) => values.join(), maxLength: 6 });
  return unique.map((rows) => ({
    names: new Set(names),
    rows: rows.map(([values, value]) => ({
      labels: new Map(names.map((name, i) => [name, values[i] ?? ''])),
      value,
    })),
    missing: isCount ? 0 : undefined,
  }));
}

const tables = fc.record({
  A: table(['s', 'p'], true),
  B: table(['s', 'p'], false),
  C: table(['s'], true),
  D: table(['s'], false),
  E: table([], true),
});

const { text } = fc.letrec<{ text: string }>((tie) => ({
  text: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(...Object.keys(namesOf), '0', '2', '0.5'),
    fc
      .tuple(tie('text'), fc.constantFrom('+', '-', '*', '/', '%', '^'), tie('text'))
      .map((parts) => `(${parts.join(' ')})`),
    tie('text').map((inner) => `default(${inner}, 7)`),
    tie('text').map((inner) => `-${inner}`),
  ),
}));

const operandOf = ({ names, rows, missing }: Table): SeriesOperand => ({
  names,
  series: rows.map(({ labels, value }) => ({
    labels: Object.fromEntries(labels),
    values: Float64Array.of(value ?? Number.NaN),
  })),
  absent: missing ?? Number.NaN,
  additive: false,
  unit: undefined,
});

const keyOf = (labels: Iterable<readonly [string, string]>) => JSON.stringify([...labels].sort());

test('series meet as in a model that tries each with each', () => {
  fc.assert(
    fc.property(text, tables, (formulaText, given) => {
      const formula = parseFormula(formulaText);
      const operands = new Map(Object.entries(given).map(([label, one]) => [label, operandOf(one)]));
      const { operand } = evaluateFormula({
        text: formulaText,
        formula,
        operands,
        steps: 1,
        work: new FormulaWork(),
      });
      const expected = model(formula, given);
      const rows = isTable(expected)
        ? expected.rows
        : [{ labels: new Map<string, string>(), value: expected }];
      const known = rows.filter(({ value }) => value !== null);
      const byLabels = (entries: (readonly [string, number | undefined])[]) =>
        entries.sort(([a], [b]) => (a < b ? -1 : 1));
      expect(
        byLabels(
          operand.series.map(({ labels, values }) => {
            const value = values?.[0] ?? Number.NaN;
            return [keyOf(Object.entries(labels)), Number.isNaN(value) ? undefined : value + 0];
          }),
        ),
      ).toEqual(
        byLabels(
          known.map(({ labels, value }) => [
            keyOf(labels),
            value === undefined ? undefined : (value ?? 0) + 0,
          ]),
        ),
      );
    }),
    { numRuns: 1500 },
  );
});
