import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { children, type Expr } from './ast.ts';
import { functions } from './functions.ts';
import { aggregations, binaryOperators } from './keywords.ts';
import { parseQuery } from './parser.ts';
import { printQuery } from './printer.ts';

const one = fc.constantFrom;
const word = one(
  'a',
  'up',
  'http_requests:rate5m',
  'sum',
  'offset',
  'by',
  'fill',
  'step',
  'start',
  'AND',
  'x1',
);
const label = one('job', 'le', 'on', 'bool', 'without_', '"my label"', "'größe'", '"without"', 'a_1');
const text = one('"x"', "'it\\'s'", '`raw\\n`', '"\\u00e4\\x41\\n"', '"日本"', '""');
const pattern = one('"a.*"', '"a|b"', "'(?i)x+'", '`[^\\d]+`');
const digits = one('0', '1', '42', '1.5', '.5', '1.', '1e3', '2E-2', '1_000', '0x1f', '017', 'Inf', 'nan');
const units = one('5m', '1h30m', '90s', '1d', '1500ms', '1y2w3d4h5m6s7ms');

function joined(parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  const space = one('', ' ', '\n\t');
  return fc.tuple(space, ...parts).map(([gap, ...texts]) => texts.join(gap === '' ? ' ' : gap));
}

function optional(part: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof({ weight: 3, arbitrary: one('') }, part);
}

function listOf(
  part: fc.Arbitrary<string>,
  minLength: number,
  maxLength = minLength + 2,
): fc.Arbitrary<string> {
  return fc.array(part, { minLength, maxLength }).map((parts) => parts.join(', '));
}

const labelList = listOf(label, 0).map((labels) => `(${labels})`);

const { duration } = fc.letrec<{ duration: string }>((tie) => {
  const inner = tie('duration');
  return {
    duration: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      units,
      one('300', '1.5', '0x10'),
      one('step()', 'RANGE()'),
      joined([one('-', '+'), inner]),
      joined([inner, one('+', '-', '*', '%', '^'), inner]),
      inner.map((operand) => `(${operand})`),
      fc.tuple(one('min_of', 'max_of'), inner, inner).map(([name, a, b]) => `${name}(${a}, ${b})`),
    ),
  };
});

// A range that is a literal must be above 0, so signs stay inside parentheses.
const range = fc.oneof(
  units,
  duration.map((inner) => `(${inner})`),
  one('step() * 2 ^ 2', 'max_of(1m, step())'),
);
const offset = fc.oneof(
  units,
  one('-5m', '+ 10', 'step()', '-range()', '- max_of(1m, 2m)', '--5m', '- -step() * 2'),
  duration.map((inner) => `-(${inner})`),
  duration.map((inner) => `(${inner})`),
);
const modifiers = joined([
  optional(one('@ 1609746000.123', '@ -5', '@ start()', '@ END()', '@ 0.0005', '@ 1h')),
  optional(offset.map((inner) => `offset ${inner}`)),
]);
const matcher = fc.oneof(
  fc.tuple(label, one('=', '!='), text).map((parts) => parts.join('')),
  fc.tuple(label, one('=~', '!~'), pattern).map((parts) => parts.join('')),
);
const braces = fc.oneof(
  listOf(matcher, 0).map((list) => `{${list}}`),
  listOf(matcher, 1).map((list) => `{${list},}`),
);
const series = fc.oneof(
  word,
  fc.tuple(word, braces).map((parts) => parts.join('')),
  fc
    .tuple(one('{"metric name"', '{"up"', '{job="x"', '{__name__=~"a.+"'), optional(matcher))
    .map(([open, more]) => (more === '' ? `${open}}` : `${open}, ${more}}`)),
);
const matching = joined([
  fc.oneof(
    one('', 'on ()', 'IGNORING (a)'),
    fc.tuple(one('on', 'ignoring'), labelList).map((parts) => parts.join(' ')),
    one('on (job) group_left (x)', 'ignoring (a, b) group_right', 'on (job) group_right ()'),
  ),
  optional(one('fill (0)', 'fill_left (-1)', 'fill_right (5m) fill_left (NaN)', 'FILL (+Inf)')),
]);

const { scalar, vector } = fc.letrec<{ scalar: string; vector: string; matrix: string }>((tie) => {
  const [innerScalar, innerVector, innerMatrix] = [tie('scalar'), tie('vector'), tie('matrix')];
  const ofType = (type: string): fc.Arbitrary<string> => {
    if (type === 'string') return text;
    if (type === 'matrix') return innerMatrix;
    return type === 'scalar' ? innerScalar : innerVector;
  };
  const calls = [...functions.values()].map(({ name, args, minArgs, maxArgs, returns }) => {
    const count = Math.min(Math.max(minArgs, args.length), maxArgs);
    const types = Array.from({ length: count }, (_, i) => args[Math.min(i, args.length - 1)] ?? 'scalar');
    const given = types.map((type, i) => (name === 'info' && i === 1 ? braces : ofType(type)));
    return {
      returns,
      call: fc.tuple(one(name), ...given).map(([, ...list]) => `${name}(${list.join(', ')})`),
    };
  });
  const callOf = (type: string): fc.Arbitrary<string> =>
    fc.oneof(...calls.filter(({ returns }) => returns === type).map(({ call }) => call));
  const aggregates = [...aggregations].map(([name, { param }]) => {
    const args =
      param === undefined ? innerVector : fc.tuple(ofType(param), innerVector).map((list) => list.join(', '));
    const grouping = optional(fc.tuple(one('by', 'WITHOUT'), labelList).map((parts) => parts.join(' ')));
    return fc.oneof(
      fc.tuple(args, grouping).map(([list, by]) => `${name} ${by} (${list})`),
      fc.tuple(args, grouping).map(([list, by]) => `${name.toUpperCase()}(${list}) ${by}`),
    );
  });
  const operators = [...binaryOperators.values()].map(({ op }) => op);
  const sets = ['and', 'or', 'unless'];
  const comparisons = ['==', '!=', '<', '<=', '>', '>='];
  const arithmetic = operators.filter((op) => !sets.includes(op) && !comparisons.includes(op));
  const subquery = fc.tuple(range, optional(range)).map(([length, step]) => `[${length}:${step}]`);
  return {
    scalar: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      digits,
      units,
      callOf('scalar'),
      joined([one('-', '+'), innerScalar]),
      innerScalar.map((inner) => `(${inner})`),
      joined([innerScalar, one(...arithmetic, ...comparisons.map((op) => `${op} bool`)), innerScalar]),
    ),
    vector: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      joined([series, modifiers]),
      callOf('vector'),
      fc.oneof(...aggregates),
      joined([one('-', '+'), innerVector]),
      innerVector.map((inner) => `(${inner})`),
      joined([innerVector, one(...arithmetic, ...comparisons), matching, innerVector]),
      joined([innerVector, one(...comparisons), one('bool'), matching, innerVector]),
      joined([innerVector, one(...sets), one('', 'on (job)', 'ignoring ()'), innerVector]),
      joined([innerScalar, one('+', '^', '<'), innerVector]),
    ),
    matrix: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      fc
        .tuple(series, range, one('', ' anchored', ' smoothed'), modifiers)
        .map(([name, length, extension, more]) => `${name}[${length}]${extension} ${more}`),
      fc.tuple(innerVector, subquery, modifiers).map((parts) => `(${parts[0]})${parts[1]} ${parts[2]}`),
      fc.tuple(series, modifiers, subquery).map((parts) => parts.join(' ')),
    ),
  };
});

/** Queries of every form, most of them right. */
const query = fc.oneof(vector, scalar);

function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => key !== 'span' && key !== 'opSpan');
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutPlaces(inner)]));
}

function parsed(source: string): Expr | undefined {
  try {
    return parseQuery(source);
  } catch (error) {
    expect(error).toMatchObject({ name: 'InputError', place: { text: source } });
    return undefined;
  }
}

describe('any query', () => {
  test('prints as text that parses to the same tree', () => {
    let accepted = 0;
    fc.assert(
      fc.property(query, (source) => {
        const tree = parsed(source);
        if (tree === undefined) return;
        accepted++;
        const printed = printQuery(tree);
        const again = parseQuery(printed);
        expect(withoutPlaces(again)).toEqual(withoutPlaces(tree));
        expect(printQuery(again)).toBe(printed);
      }),
      { numRuns: 3000 },
    );
    expect(accepted).toBeGreaterThan(1500);
  });

  test('has places that cover its parts', () => {
    fc.assert(
      fc.property(query, (source) => {
        const tree = parsed(source);
        if (tree !== undefined) checkPlaces(tree, { start: 0, end: source.length });
      }),
      { numRuns: 500 },
    );
  });

  test('with any damage parses or gives an InputError with a place', () => {
    const damage = fc.record({
      at: fc.nat(),
      cut: fc.nat({ max: 3 }),
      put: one(
        '',
        '(',
        ')',
        '{',
        '}',
        '[',
        ']',
        '"',
        ':',
        ',',
        '-',
        '5m',
        ' by ',
        '@',
        '=~',
        '\\',
        'ü',
        '\ud800',
      ),
    });
    fc.assert(
      fc.property(query, damage, (source, { at, cut, put }) => {
        const index = at % (source.length + 1);
        parsed(source.slice(0, index) + put + source.slice(index + cut));
      }),
      { numRuns: 2000 },
    );
  });
});

function checkPlaces(expr: Expr, outer: { readonly start: number; readonly end: number }): void {
  expect(expr.span.start).toBeGreaterThanOrEqual(outer.start);
  expect(expr.span.end).toBeLessThanOrEqual(outer.end);
  expect(expr.span.end).toBeGreaterThan(expr.span.start);
  for (const operand of children(expr)) checkPlaces(operand, expr.span);
}
