import { expect, test } from 'vitest';
import { type AnyValue, asString } from './any-value.ts';

// What pcommon.Value.AsString of the OpenTelemetry Collector gives.
test.each<[string, AnyValue, string]>([
  ['an empty value', null, ''],
  ['a string as it is', 'a "b" <c>\n', 'a "b" <c>\n'],
  ['true', true, 'true'],
  ['an integer that no double holds', 9_007_199_254_740_993n, '9007199254740993'],
  ['the smallest integer', -(2n ** 63n), '-9223372036854775808'],
  ['a double without fraction', 1, '1'],
  ['a double with fraction', 0.1, '0.1'],
  ['a large double', 1e21, '1e+21'],
  ['a double below that', 123456789012345680000, '123456789012345680000'],
  ['a small double', 1e-7, '1e-7'],
  ['a double above that', 0.000001, '0.000001'],
  ['minus zero', -0, '-0'],
  ['bytes in base64', new Uint8Array([0xff, 0xfe, 0x00]), '//4A'],
  ['an array', ['a', 1n, 1.5, false, null, new Uint8Array([1])], '["a",1,1.5,false,null,"AQ=="]'],
  ['an empty array', [], '[]'],
  [
    'a kvlist, its keys in order',
    new Map<string, AnyValue>([
      ['b', 1n],
      ['a', [true]],
    ]),
    '{"a":[true],"b":1}',
  ],
  ['nested text without HTML escapes', new Map([['k', '<b>&"']]), '{"k":"<b>&\\""}'],
])('%s', (_, value, text) => {
  expect(asString(value)).toBe(text);
});

// The Collector writes "json: unsupported value: NaN", and nothing at all where it is nested.
test.each<[AnyValue, string]>([
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, 'Infinity'],
  [[Number.NEGATIVE_INFINITY], '["-Infinity"]'],
])('what JSON has no number for: %s', (value, text) => {
  expect(asString(value)).toBe(text);
});
