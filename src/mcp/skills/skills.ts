import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SkillCatalog } from '@modelcontextprotocol/server/ext/skills';
import { loadSkills } from '@modelcontextprotocol/server/ext/skills/node';
import { promptArguments } from './prompt-arguments.ts';
import { readSkill, type Skill } from './skill.ts';

export interface SkillPrompt extends Skill {
  /** Made once: servers are made for each request. */
  readonly argumentSchema: ReturnType<typeof promptArguments>;
}

/** The skills that are served: by the extension as they are, and as prompts. */
export interface Skills {
  readonly catalog: SkillCatalog;
  readonly prompts: readonly SkillPrompt[];
}

/** In the package, beside `dist/`. */
export const skillsFolder = fileURLToPath(new URL('../../../skills/', import.meta.url));

/**
 * Reads the skills of the package, once for all servers.
 *
 * @throws Error where they are not there, or one of them is not as the Agent Skills format has it
 */
export async function openSkills(folder = skillsFolder): Promise<Skills> {
  const catalog = await loadSkills(folder, {
    strict: true,
    cacheHint: { ttlMs: 300_000, cacheScope: 'private' },
    onWarning: ({ path, message }) => {
      throw new Error(`the skills in ${folder}: ${path}: ${message}`);
    },
  });
  const prompts = await Promise.all(
    catalog.entries.map(async ({ frontmatter: { name, description } }) => {
      const skill = readSkill(name, description, await readFile(join(folder, name, 'SKILL.md'), 'utf8'));
      return { ...skill, argumentSchema: promptArguments(skill) };
    }),
  );
  return { catalog, prompts };
}
