import { expect, test } from 'vitest';
import { factorOut } from './factor.ts';
import { tableLines } from './table.ts';

test('what all rows share stands once, columns without values are named', () => {
  const lines = tableLines([
    { name: 'namespace', cells: ['ts', 'ts'] },
    { name: 'cluster', cells: [null, null] },
    { name: 'pod', cells: ['a', null] },
    { name: 'n', cells: ['1', '1'], inRows: true },
  ]);
  expect(lines).toEqual(['no value:\tcluster', 'all rows:\tnamespace=ts', 'pod\tn', 'a\t1', '-\t1']);
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
