import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inputErrorText } from '../../mcp/render/error.ts';
import { InputError } from '../input-error.ts';
import { evaluateFormula } from './evaluate.ts';
import { isQueryLabel } from './lexer.ts';
import { evaluationOrder } from './order.ts';
import { parseFormula } from './parser.ts';
import { FormulaWork } from './work.ts';

/** The value of a formula of numbers alone; null for no value. */
function computed(text: string): number | null {
  const formula = parseFormula(text);
  const result = evaluateFormula({ text, formula, operands: new Map(), steps: 1, work: new FormulaWork() });
  const value = result.operand.series[0]?.values?.[0] ?? Number.NaN;
  return Number.isNaN(value) ? null : value;
}

function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof InputError) return inputErrorText(error.message, error.place);
    throw error;
  }
  throw new Error('it was read');
}

describe('numbers and operators', () => {
  test.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['10 - 3 - 2', 5],
    ['100 / 10 / 5', 2],
    ['2 ^ 3 ^ 2', 512],
    ['-2^2', -4],
    ['(-2)^2', 4],
    ['2^-1', 0.5],
    ['-2^-2', -0.25],
    ['--3', 3],
    ['+3', 3],
    ['2 * -3', -6],
    ['7 % 4', 3],
    ['-7 % 4', -3],
    ['2 * 7 % 4', 2],
    ['.5 + 1. + 1e2 + 1.5E-1', 101.65],
    ['6 ÷ 3 × 2 − 1', 3],
    ['abs(-1.5)', 1.5],
    ['ceil(1.2) + floor(1.8)', 3],
    ['round(2.5)', 3],
    ['round(-2.5)', -2],
    ['sqrt(16)', 4],
    ['log2(8) + log10(1000)', 6],
    ['ln(exp(2))', 2],
    ['min(3, 1, 2)', 1],
    ['max(3, 1, 2)', 3],
    ['clamp(150, 0, 100)', 100],
    ['clamp(-5, 0, 100)', 0],
    ['clamp(5, 0, 100)', 5],
    ['default(1 / 0, -1)', -1],
    ['default(2, 7)', 2],
    ['1 / 0', null],
    ['0 / 0', null],
    ['5 % 0', null],
    ['0 ^ -1', null],
    ['sqrt(-1)', null],
    ['ln(0)', null],
    ['10 ^ 400', null],
    ['(1 / 0) ^ 0', null],
    ['min(1, 1 / 0)', null],
  ])('%s is %s', (text, value) => {
    if (value === null) expect(computed(text)).toBeNull();
    else expect(computed(text)).toBeCloseTo(value, 12);
  });

  test('as JavaScript computes them', () => {
    const leaf = fc.integer({ min: 0, max: 99 }).map(String);
    const { tree } = fc.letrec<{ tree: string }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        leaf,
        fc.tuple(tie('tree'), fc.constantFrom('+', '-', '*'), tie('tree')).map((parts) => parts.join(' ')),
        tie('tree').map((inner) => `(${inner})`),
        tie('tree').map((inner) => `- ${inner}`),
      ),
    }));
    fc.assert(
      fc.property(tree, (text) => {
        const expected: unknown = new Function(`return ${text}`)();
        expect((computed(text) ?? 0) + 0).toBe(Number(expected) + 0);
      }),
    );
  });
});

describe('errors', () => {
  test.each([
    [''],
    ['A / '],
    ['A B'],
    ['(A / B'],
    ['A / B)'],
    ['(A / B) * 100%'],
    ['A ** 2'],
    ['A > 5'],
    ['A == B'],
    ['[A]'],
    ['"A" / "B"'],
    ['A; B'],
    ['100ms'],
    ['2A'],
    ['1e999'],
    ['rond(A)'],
    ['ABS(A)'],
    ['sum(A)'],
    ['log(A)'],
    ['coalesce(A, 0)'],
    ['abs(A, B)'],
    ['abs()'],
    ['min(A)'],
    ['clamp(A, 1)'],
    ['default(A, B)'],
    ['A \u200b+ B'],
  ])('%s', (text) => {
    expect(refusal(() => parseFormula(text))).toMatchSnapshot();
  });

  test('of length, depth and size', () => {
    expect(refusal(() => parseFormula(`A${' '.repeat(5000)}`))).toContain('longer than 4096');
    expect(refusal(() => parseFormula(`${'('.repeat(60)}A${')'.repeat(60)}`))).toContain('50 levels');
    expect(refusal(() => parseFormula('-'.repeat(4000)))).toContain('50 levels');
    expect(refusal(() => parseFormula(Array(150).fill('A').join('+')))).toContain('at most 200');
    expect(() => parseFormula(Array(100).fill('A').join('+'))).not.toThrow();
  });

  test('whatever is sent, it is read or refused as input', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 60 }),
          fc
            .array(fc.constantFrom('A', 'min', '(', ')', ',', '+', '-', '^', '%', '1', '.5', ' ', '$'))
            .map((parts) => parts.join('')),
        ),
        (text) => {
          try {
            parseFormula(text);
          } catch (error) {
            expect(error).toBeInstanceOf(InputError);
          }
        },
      ),
    );
  });
});

test('the dashboards’ way to name a query is read', () => {
  for (const text of ['$A / $B', ['$', '{A} / $', '{B}'].join('')]) {
    expect(parseFormula(text)).toMatchObject({ left: { label: 'A' }, right: { label: 'B' } });
  }
});

test.each([
  ['A', true],
  ['errors_5xx', true],
  ['größe', true],
  ['5xx', false],
  ['error rate', false],
  ['', false],
  ['a-b', false],
  ['x'.repeat(65), false],
])('%s is a label: %s', (label, is) => {
  expect(isQueryLabel(label)).toBe(is);
});

describe('the order of formulas', () => {
  const order = (formulas: Readonly<Record<string, string>>, others: readonly string[] = ['A', 'B']) =>
    evaluationOrder(
      new Map(
        Object.entries(formulas).map(([label, text]) => [label, { text, formula: parseFormula(text) }]),
      ),
      [...others, ...Object.keys(formulas)],
    );

  test('each stands behind what it needs', () => {
    expect(order({ E: 'D + C', D: 'C * 2', C: 'A / B' })).toEqual(['C', 'D', 'E']);
  });

  test.each([
    [{ C: 'C + 1' }],
    [{ C: 'A + D', D: '2 * E', E: 'C' }],
    [{ C: 'D', D: 'E', E: 'D' }],
    [{ C: 'A / b' }],
    [{ errors: 'A', rate: 'erors / B' }],
  ])('%j', (formulas) => {
    expect(refusal(() => order(formulas))).toMatchSnapshot();
  });
});
