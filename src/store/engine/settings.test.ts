import { describe, expect, test } from 'vitest';
import { engineSettingsOf } from './settings.ts';

const limits = { queryMemoryBytes: 1_000_000, defaultExecutionSeconds: 30, executionSeconds: 600 };
const settingsOf = (sent: Record<string, string>) =>
  Object.fromEntries(engineSettingsOf(new Map(Object.entries(sent)), limits));

test('by default a query is bounded, in UTC, and its 64-bit numbers are quoted', () => {
  expect(settingsOf({})).toMatchObject({
    max_execution_time: '30',
    max_memory_usage: '1000000',
    max_threads: '2',
    session_timezone: 'UTC',
    output_format_json_quote_64bit_integers: '1',
  });
});

describe('limits', () => {
  test.each([
    ['max_execution_time', '0.5', '0.5'],
    ['max_execution_time', '601', '600'],
    ['max_execution_time', '0', '600'],
    ['max_memory_usage', '500', '500'],
    ['max_memory_usage', '2000000', '1000000'],
    ['max_memory_usage', '0', '1000000'],
    ['max_threads', '1', '1'],
    ['max_threads', '0', '16'],
    ['max_threads', '64', '16'],
  ])('%s = %s becomes %s', (name, sent, used) => {
    expect(settingsOf({ [name]: sent })[name]).toBe(used);
  });

  test.each(['', 'much', '-1', 'NaN', 'Infinity'])('max_execution_time = %j is refused', (value) => {
    expect(() => settingsOf({ max_execution_time: value })).toThrow(expect.objectContaining({ code: 36 }));
  });
});

test('known settings go through, those of the interface do not', () => {
  const settings = settingsOf({
    insert_deduplication_token: "it's",
    output_format_json_quote_64bit_integers: '0',
    input_format_skip_unknown_fields: '1',
    log_comment: 'x',
    async_insert: '1',
  });
  expect(settings).toMatchObject({
    insert_deduplication_token: "it's",
    output_format_json_quote_64bit_integers: '0',
    input_format_skip_unknown_fields: '1',
  });
  expect(settings).not.toHaveProperty('log_comment');
  expect(settings).not.toHaveProperty('async_insert');
});

test.each(['nosuch', 'format_schema', 'user_files_path', 'output_format_x; DROP TABLE t', 'OUTPUT_FORMAT_X'])(
  '%s is refused',
  (name) => {
    expect(() => settingsOf({ [name]: '1' })).toThrow(expect.objectContaining({ code: 115 }));
  },
);
