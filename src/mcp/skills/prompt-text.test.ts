import { describe, expect, test } from 'vitest';
import { isPromptName } from './prompt-arguments.ts';
import { promptText } from './prompt-text.ts';
import { readSkill } from './skill.ts';

/** 2026-11-23T10:00:00Z. */
const now = BigInt(Date.UTC(2026, 10, 23, 10)) * 1_000_000n;

const skill = readSkill(
  'logs',
  'Ask logs.',
  `---
name: logs
---

# Logs

Look at <workload> of <namespace>, then at <trace_id>.

{"from_time": "now-30m", "baseline_to": "now-30m", "filters": "workload = '<workload>'"}
{"from_time": "now-1h", "step": "5m"}
`,
);

test('a skill knows its title and what it leaves open', () => {
  expect(skill).toMatchObject({
    name: 'logs',
    title: 'Logs',
    parameters: ['namespace', 'workload', 'from_time', 'to_time'],
  });
  expect(skill.body.startsWith('# Logs\n')).toBe(true);
  expect(readSkill('a', '', '---\nname: a\n---\n# A\n<namespace>').parameters).toEqual(['namespace']);
});

describe('a prompt', () => {
  const lines = (sent: Parameters<typeof promptText>[1]) => promptText(skill, sent, now).split('\n');

  test('is the skill where nothing is known', () => {
    expect(promptText(skill, {}, now)).toBe(skill.body);
    expect(promptText(skill, { workload: ' ', from_time: '' }, now)).toBe(skill.body);
  });

  test('has names filled in', () => {
    expect(lines({ workload: ' cart $& ', namespace: 'shop' })).toEqual([
      'Do this for: namespace shop, workload cart $&. The calls below have it filled in.',
      '',
      '# Logs',
      '',
      'Look at cart $& of shop, then at <trace_id>.',
      '',
      `{"from_time": "now-30m", "baseline_to": "now-30m", "filters": "workload = 'cart $&'"}`,
      '{"from_time": "now-1h", "step": "5m"}',
      '',
    ]);
  });

  test('has a window filled in, and as much before it where that is to be seen', () => {
    const calls = lines({ from_time: '2026-11-23T08:00:00Z', to_time: '2026-11-23T08:20:00Z' }).slice(6);
    expect(calls).toEqual([
      `{"from_time": "2026-11-23T08:00:00Z", "to_time": "2026-11-23T08:20:00Z", "baseline_to": "2026-11-23T08:00:00Z", "filters": "workload = '<workload>'"}`,
      '{"from_time": "2026-11-23T07:40:00Z", "to_time": "2026-11-23T08:20:00Z", "step": "5m"}',
      '',
    ]);
  });

  test('takes one time alone', () => {
    expect(lines({ from_time: 'now-2h' }).slice(6, 8)).toEqual([
      `{"from_time": "now-2h", "baseline_to": "now-2h", "filters": "workload = '<workload>'"}`,
      '{"from_time": "2026-11-23T06:00:00Z", "step": "5m"}',
    ]);
    expect(lines({ to_time: 'now-1h' }).slice(6, 8)).toEqual([
      `{"from_time": "2026-11-23T08:00:00Z", "to_time": "now-1h", "baseline_to": "2026-11-23T08:00:00Z", "filters": "workload = '<workload>'"}`,
      '{"from_time": "2026-11-23T07:00:00Z", "to_time": "now-1h", "step": "5m"}',
    ]);
  });

  test('refuses what is no time, and no window', () => {
    expect(() => lines({ from_time: 'at ten' })).toThrow('"at ten" is no time.');
    expect(() => lines({ from_time: 'now', to_time: 'now-1h' })).toThrow('The window is empty');
  });
});

test.each(['cart', 'ts-basic-service', 'my shop', 'a/b:c@d.e_f', 'Größe', '9'])('%s is a name', (name) => {
  expect(isPromptName(name)).toBe(true);
});

test.each([
  '',
  "x' OR 1",
  'x"',
  'a\\b',
  'a\nb',
  '<trace_id>',
  '`x`',
  '-x',
  'x{}',
  'a'.repeat(254),
  'a\u202eb',
])('%j is none', (name) => {
  expect(isPromptName(name)).toBe(false);
});
