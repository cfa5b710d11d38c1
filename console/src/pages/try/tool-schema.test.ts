import { expect, test } from 'vitest';
import { fieldsOf } from './tool-schema.ts';

test('each kind of schema has its input', () => {
  const fields = fieldsOf({
    type: 'object',
    required: ['datasource'],
    properties: {
      datasource: { type: 'string', enum: ['logs', 'traces'], description: 'which' },
      filters: { type: 'string' },
      limit: { type: 'integer', minimum: 1, maximum: 10, default: 10 },
      fields: { type: 'array', items: { type: 'string' } },
      aggregation: { type: 'object', required: ['function'], properties: { function: { type: 'string' } } },
      queries: {
        type: 'object',
        additionalProperties: { type: 'object', properties: { promql: { type: 'string' } } },
      },
      other: { anyOf: [{ type: 'string' }, { type: 'number' }] },
    },
  });
  expect(fields?.map(({ name, kind, required }) => [name, kind, required])).toEqual([
    ['datasource', 'choice', true],
    ['filters', 'long', false],
    ['limit', 'number', false],
    ['fields', 'list', false],
    ['aggregation', 'object', false],
    ['queries', 'map', false],
    ['other', 'json', false],
  ]);
  expect(fields?.[0]).toMatchObject({ options: ['logs', 'traces'], description: 'which' });
  expect(fields?.[2]).toMatchObject({ min: 1, max: 10, standard: '10' });
});

test('a schema that is no object has no form', () => {
  expect(fieldsOf({ type: 'string' })).toBeUndefined();
  expect(fieldsOf(null)).toBeUndefined();
});
