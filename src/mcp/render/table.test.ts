import fc from 'fast-check';
import { expect, test } from 'vitest';
import { factorOut } from './factor.ts';
import { type TableColumn, tableLines } from './table.ts';

test('what all rows share stands once, columns without values are named', () => {
  const lines = tableLines([
    { name: 'namespace', cells: ['ts', 'ts'] },
    { name: 'cluster', cells: [null, null] },
    { name: 'pod', cells: ['a', null] },
    { name: 'n', cells: ['1', '1'], inRows: true },
  ]);
  expect(lines).toEqual(['no value:\tcluster', 'all rows:\tnamespace=ts', 'pod\tn', 'a\t1', '-\t1']);
});

test('a column that repeats another is named', () => {
  const lines = tableLines([
    { name: '#', cells: ['a', 'b', 'c'], inRows: true },
    { name: 'instance', cells: ['a', 'b', 'c'] },
    { name: 'job', cells: ['x', 'x', 'x'] },
    { name: 'pod', cells: ['a', 'b', 'c'] },
    { name: 'service', cells: ['x', 'x', 'x'] },
    { name: 'host', cells: ['a', null, 'c'] },
    { name: 'node', cells: ['a', 'b', 'c'] },
    { name: 'max', cells: ['a', 'b', 'c'], inRows: true },
  ]);
  expect(lines).toEqual([
    'all rows:\tjob=x\tservice=x',
    'same in each row:\tpod as instance\tnode as instance',
    '#\tinstance\thost\tmax',
    'a\ta\ta\ta',
    'b\tb\t-\tb',
    'c\tc\tc\tc',
  ]);
});

/** Reads a table back: rows as objects by column, without what is no value. */
function readTable(lines: readonly string[]): Record<string, string>[] {
  const [names = '', ...rows] = lines.filter(
    (line) => !/^(no value|row|all rows|same in each row):\t/.test(line),
  );
  const partsOf = (head: RegExp) =>
    lines.filter((line) => head.test(line)).flatMap((line) => line.split('\t').slice(1));
  const shared = partsOf(/^(row|all rows):\t/).map((part) => [
    part.slice(0, part.indexOf('=')),
    part.slice(part.indexOf('=') + 1),
  ]);
  return rows.map((row) => {
    const cells = row.split('\t');
    const own = names
      .split('\t')
      .flatMap((name, i) => (cells[i] === '-' ? [] : [[name, (cells[i] ?? '').replace(/^\\(\\*-)$/, '$1')]]));
    const record: Record<string, string> = Object.fromEntries([...shared, ...own]);
    for (const part of partsOf(/^same in each row:\t/)) {
      const [name = '', of = ''] = part.split(' as ');
      if (record[of] !== undefined) record[name] = record[of];
    }
    return record;
  });
}

test('every row can be read back', () => {
  const cell = fc.option(fc.constantFrom('-', '\\-', 'a', 'b', 'a=b', 'x as y', '1.5 s', ''), { nil: null });
  const columns = fc
    .integer({ min: 1, max: 6 })
    .chain((rows) =>
      fc.array(fc.array(cell, { minLength: rows, maxLength: rows }), { minLength: 1, maxLength: 8 }),
    );
  fc.assert(
    fc.property(columns, (columns) => {
      const named = columns.map((cells, i): TableColumn => ({ name: `c${i}`, cells }));
      const rows = Array.from({ length: columns[0]?.length ?? 0 }, (_, row) => String(row));
      const table = [{ name: 'row', cells: rows, inRows: true as const }, ...named];
      const expected = rows.map((_, row) =>
        Object.fromEntries(
          table.flatMap(({ name, cells }) => {
            const value = cells[row] ?? null;
            return value === null ? [] : [[name, value]];
          }),
        ),
      );
      expect(readTable(tableLines(table))).toEqual(expected);
    }),
    { seed: 10, numRuns: 1000 },
  );
});

test('a dash is not taken for a missing value', () => {
  const lines = tableLines([{ name: 'a', cells: ['-', null, '\\-', '--'] }]);
  expect(lines).toEqual(['a', '\\-', '-', '\\\\-', '--']);
});

test('a table without rows is nothing', () => {
  expect(tableLines([])).toEqual([]);
  expect(tableLines([{ name: 'a', cells: [] }])).toEqual([]);
});

const isPart = (name: string) => name === 'pod' || name === 'node';
const key = { name: 'origin', prefix: 'o' };

test('columns that repeat together are factored out', () => {
  const pods = ['checkout-5c66d57d58-6mp2b', 'seat-5c95b49cff-tdsdz'];
  const order = [0, 1, 0, 0, 1];
  const { lines, columns } = factorOut(
    [
      { name: 'time', cells: order.map((_, i) => `${i}`) },
      { name: 'pod', cells: order.map((i) => pods[i] ?? null) },
      { name: 'level', cells: order.map(() => 'INFO') },
      { name: 'node', cells: order.map((i) => (i === 0 ? '33.33.33.167' : null)) },
    ],
    isPart,
    key,
  );
  expect(lines).toEqual([
    'origin\tpod\tnode',
    'o1\tcheckout-5c66d57d58-6mp2b\t33.33.33.167',
    'o2\tseat-5c95b49cff-tdsdz\t-',
  ]);
  expect(columns.map(({ name, cells }) => [name, cells.join()])).toEqual([
    ['time', '0,1,2,3,4'],
    ['origin', 'o1,o2,o1,o1,o2'],
    ['level', 'INFO,INFO,INFO,INFO,INFO'],
  ]);
});

test('columns stay where factoring would not make the text shorter', () => {
  const columns = [
    { name: 'pod', cells: ['a', 'b', 'c'] },
    { name: 'node', cells: ['1', '2', '3'] },
  ];
  expect(factorOut(columns, isPart, key)).toEqual({ lines: [], columns });
});
