import { expect } from 'vitest';
import { type Analysis, analyze, expectNumber, nanoseconds, rowsOf, search } from '../support/answers.ts';
import type { Assistant } from '../support/assistants.ts';
import { type ExpectedAnalysis, type ExpectedCase, type ExpectedRows, isAnalysis } from './expected.ts';

/** Asks the question of a case through its tool, in JSON, and compares all that the case knows. */
export async function checkCase(
  assistant: Assistant,
  { tool, arguments: args, expected }: ExpectedCase,
): Promise<void> {
  if (!isAnalysis(expected)) return checkRows(assistant, tool, args, expected);
  const answer = await analyze(assistant, tool, args);
  expect(answer.query_type).toBe(args.queryType);
  expect(nanoseconds(answer.window.from)).toBe(nanoseconds(String(args.from_time)));
  expect(nanoseconds(answer.window.to)).toBe(nanoseconds(String(args.to_time)));
  checkAnalysis(answer, expected);
}

/** Groups, their order and their values. */
export function checkAnalysis(answer: Analysis, expected: ExpectedAnalysis): void {
  expect(answer.groups_total).toBe(expected.groups_total);
  expect(answer.groups_shown).toBe(expected.groups_shown);
  expectNumber(answer.share_shown, expected.share_shown, 'share of the rows');
  expect(answer.step_s).toBe(expected.step_s ?? null);
  expect(answer.series.map(({ labels }) => labels)).toEqual(expected.series.map(({ labels }) => labels));
  for (const [i, series] of expected.series.entries()) {
    const got = answer.series[i];
    const name = JSON.stringify(series.labels);
    if (series.points === undefined) {
      expectNumber(got?.value, series.value ?? null, name);
      continue;
    }
    expect(got?.points?.map(([time]) => time)).toEqual(series.points.map(([time]) => time));
    for (const [j, [time, value]] of series.points.entries()) {
      expectNumber(got?.points?.[j]?.[1], value, `${name} at ${time}`);
    }
    for (const key of ['min', 'max', 'avg', 'latest', 'total'] as const) {
      const value = series.summary?.[key];
      if (value !== undefined) expectNumber(got?.summary?.[key] ?? null, value, `${key} of ${name}`);
    }
  }
}

async function checkRows(
  assistant: Assistant,
  tool: string,
  args: ExpectedCase['arguments'],
  expected: ExpectedRows,
): Promise<void> {
  const answer = await search(assistant, tool, args);
  expect(answer.matched).toBe(expected.matched);
  expect(answer.returned).toBe(expected.returned);
  const rows = rowsOf(answer);
  expect(rows).toHaveLength(expected.rows.length);
  for (const [i, { timestamp_ns, ...fields }] of expected.rows.entries()) {
    const row = rows[i] ?? {};
    expect(String(nanoseconds(String(row.timestamp)))).toBe(timestamp_ns);
    expect(Object.fromEntries(Object.keys(fields).map((field) => [field, row[field]]))).toEqual(fields);
  }
}
