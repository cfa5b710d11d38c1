import { describe, expect, test } from 'vitest';
import { Labels } from '../labels.ts';
import { parseScript } from './parse-script.ts';
import type { EvalCommand } from './script.ts';

function evaluation(text: string): EvalCommand {
  const [command] = parseScript(text);
  if (command?.kind !== 'eval') throw new Error('no evaluation');
  return command;
}

describe('a load', () => {
  test('has series with any labels, and start timestamps', () => {
    const commands = parseScript(`
# A comment.
load_with_nhcb 5m
  up{job="a, }b"}@st   _ -1m
  up{job="a, }b"}      1 2
  {"größe", 'x y'="1"}  {{count:1 sum:2}} 3

CLEAR
load 30s
  a 0x3
`);
    expect(commands.map(({ kind, line }) => [kind, line])).toEqual([
      ['load', 3],
      ['clear', 8],
      ['load', 9],
    ]);
    const [load] = commands;
    if (load?.kind !== 'load') throw new Error('no load');
    expect(load).toMatchObject({ interval: 300_000, withCustomBuckets: true });
    expect(load.series.map(({ labels }) => labels.key)).toEqual([
      Labels.from({ __name__: 'up', job: 'a, }b' }).key,
      Labels.from({ __name__: 'größe', 'x y': '1' }).key,
    ]);
    expect(load.series.map(({ startOffsets }) => startOffsets)).toEqual([[undefined, -60_000], undefined]);
  });

  test.each([
    ['load\n a 1', 'line 1'],
    ['load 5\n a 1', 'line 1'],
    ['load 5m\n a 1\n b{x=~"y"} 1', 'line 3'],
    ['load 5m\n a{x="y" 1', 'line 2'],
    ['load 5m\n a@st -1m\n b 1', 'line 3'],
    ['load 5m\n a@st -1m -1m\n a 1', 'line 3'],
    ['load 5m\n a@st -1m', 'line 2'],
    ['load 5m\n a 1+2', 'line 2'],
    ['unload 5m', 'line 1'],
  ])('%j is wrong', (text, place) => {
    expect(() => parseScript(text)).toThrow(place);
  });
});

describe('an evaluation', () => {
  test('at a time has one value a series', () => {
    const command = evaluation('eval instant at 1h30m sum by (job) (up)\n  {job="a"} 5\n  {} 1');
    expect(command).toMatchObject({
      query: 'sum by (job) (up)',
      isRange: false,
      at: 5_400_000,
      alsoAsRange: true,
      expected: { kind: 'series', series: [{ points: [{ value: 5 }] }, { points: [{ value: 1 }] }] },
    });
    expect(() => parseScript('eval instant at 0 up\n up 1 2')).toThrow('one value a series');
  });

  test('over a range has its bounds', () => {
    const command = evaluation('eval range from 1m to 10m step 30s up\n up 1 _ 3');
    expect(command).toMatchObject({ isRange: true, start: 60_000, end: 600_000, step: 30_000 });
    expect(() => parseScript('eval range from 2m to 1m step 1m up')).toThrow('is before');
  });

  test('ends behind its number, so that the next needs no empty line', () => {
    const commands = parseScript(
      'eval instant at 0 1 + 1\n 2\neval instant at 0 -Inf\n -Inf\neval instant at 1m x',
    );
    expect(commands).toMatchObject([
      { line: 1, expected: { kind: 'scalar', value: 2 } },
      { line: 3, expected: { kind: 'scalar', value: -Infinity } },
      { line: 5, query: 'x', expected: { kind: 'series', series: [] } },
    ]);
  });

  test('takes expectations in the new form', () => {
    const command = evaluation(`eval instant at 0 m
  expect warn msg: PromQL warning: a (1:5)
  expect warn regex: b.*
  expect no_info
  expect ordered
  m 1`);
    expect(command.expectations).toEqual({
      ordered: true,
      fail: undefined,
      warn: [
        { message: 'PromQL warning: a (1:5)', pattern: undefined },
        { message: undefined, pattern: 'b.*' },
      ],
      info: [],
      noWarn: false,
      noInfo: true,
    });
    expect(evaluation('eval instant at 0 m\n expect fail msg:no').expectations.fail?.message).toBe('no');
    expect(() => parseScript('eval instant at 0 m\n expect fails')).toThrow('line 2');
    expect(() => parseScript('eval instant at 0 m\n expect fail\n expect fail')).toThrow('line 3');
  });

  test('takes expectations in the older forms', () => {
    const fail = evaluation('eval_fail instant at 0 m\n expected_fail_message no\neval instant at 0 1\n 1');
    expect(fail.expectations.fail).toEqual({ message: 'no', pattern: undefined });
    expect(evaluation('eval_fail instant at 0 m\n expected_fail_regexp n.').expectations.fail?.pattern).toBe(
      'n.',
    );
    expect(evaluation('eval_warn range from 0 to 1m step 1m m').expectations.warn).toHaveLength(1);
    expect(evaluation('eval_info instant at 0 m').expectations.info).toHaveLength(1);
    expect(evaluation('eval_ordered instant at 0 m').expectations.ordered).toBe(true);
  });

  test('can be of a string or a range vector', () => {
    expect(evaluation('eval instant at 5m "a"\n expect string "a\\n"')).toMatchObject({
      expected: { kind: 'string', value: 'a\n' },
      alsoAsRange: false,
    });
    const range = 'eval instant at 1m m[1m]\n expect range vector from 10s to 1m step 10s\n m 1 2 3';
    expect(evaluation(range)).toMatchObject({
      start: 10_000,
      end: 60_000,
      step: 10_000,
      at: 60_000,
      alsoAsRange: false,
    });
    expect(() => parseScript('eval instant at 0 "a"\n expect string a')).toThrow('line 2');
  });
});
