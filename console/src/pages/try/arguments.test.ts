import { expect, test } from 'vitest';
import { nextLabel, parseArguments, withArgument } from './arguments.ts';

test.each([{ value: undefined }, { value: '' }, { value: [] }, { value: {} }])(
  'an empty value ($value) leaves the argument out, so that the tool’s default holds',
  ({ value }) => {
    expect(withArgument({ a: 1, b: 2 }, 'b', value)).toEqual({ a: 1 });
  },
);

test('zero and false are values', () => {
  expect(withArgument({}, 'a', 0)).toEqual({ a: 0 });
  expect(withArgument({}, 'a', false)).toEqual({ a: false });
});

test('queries are labelled with the first free letter', () => {
  expect(nextLabel([])).toBe('A');
  expect(nextLabel(['A', 'C'])).toBe('B');
  expect(nextLabel([...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'])).toBe('A1');
});

test('arguments are one JSON object', () => {
  expect(parseArguments('{"a": [1]}')).toEqual({ args: { a: [1] } });
  expect(parseArguments('[1]').error).toContain('one JSON object');
  expect(parseArguments('{').error).toBeDefined();
});
