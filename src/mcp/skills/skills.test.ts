import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { openSkills, skillsFolder } from './skills.ts';

const { catalog, prompts } = await openSkills();

test('there is a skill for each kind of work', () => {
  expect(prompts.map(({ name }) => name)).toEqual([
    'kubesense-cross-signal',
    'kubesense-errors',
    'kubesense-incident-report',
    'kubesense-latency',
    'kubesense-logs',
    'kubesense-metrics',
    'kubesense-resource-pressure',
    'kubesense-rollout',
    'kubesense-tools',
    'kubesense-traces',
    'kubesense-triage',
  ]);
});

test.each(prompts)('$name is in the Agent Skills format, and short', ({ name, description, body }) => {
  const text = readFileSync(join(skillsFolder, name, 'SKILL.md'), 'utf8');
  const frontMatter: unknown = parse(/^---\n([\s\S]*?)\n---\n/.exec(text)?.[1] ?? '');
  expect(frontMatter).toEqual({
    name,
    description,
    license: 'Apache-2.0',
    compatibility: 'Needs the MCP server kubesense-mcp',
  });
  expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  expect(name.length).toBeLessThanOrEqual(64);
  // The format allows 1,024; all of them together are in the reader's context.
  expect(description.length).toBeLessThanOrEqual(320);
  expect(description).toContain('Use ');
  expect(text.split('\n').length).toBeLessThanOrEqual(125);
  expect(body).toMatch(/^## What you can't conclude$/m);
});

test('the skills that one names are there', () => {
  const names = prompts.map(({ name }) => name);
  for (const { body } of prompts) {
    for (const [name] of body.matchAll(/kubesense-[a-z-]+/g)) expect(names).toContain(name);
  }
});

test('a skill is served with all that it needs', () => {
  expect(catalog.entries.map(({ uri }) => uri)).toEqual(
    prompts.map(({ name }) => `skill://${name}/SKILL.md`),
  );
});

test('a folder without skills, and a skill that is none, are errors', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'skills-'));
  await expect(openSkills(folder)).rejects.toThrow('no skills found');
  await mkdir(join(folder, 'logs'));
  await writeFile(join(folder, 'logs', 'SKILL.md'), '---\nname: other\ndescription: text\n---\n\n# Logs\n');
  await expect(openSkills(folder)).rejects.toThrow('logs');
  await writeFile(join(folder, 'logs', 'SKILL.md'), '---\nname: logs\ndescription: text\n---\n\nLogs\n');
  await expect(openSkills(folder)).rejects.toThrow('the skill logs has no title');
  await rm(folder, { recursive: true });
  await expect(openSkills(folder)).rejects.toThrow();
});
