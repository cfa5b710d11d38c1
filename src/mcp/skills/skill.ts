/** What a prompt can be told. */
export const skillParameters = ['namespace', 'workload', 'from_time', 'to_time'] as const;
export type SkillParameter = (typeof skillParameters)[number];

/** A skill in the Agent Skills format, as prompts need it. */
export interface Skill {
  /** That of its folder. */
  readonly name: string;
  readonly title: string;
  /** What it is for, and when to use it. */
  readonly description: string;
  /** Markdown, without the front matter. */
  readonly body: string;
  /** What its calls leave open. */
  readonly parameters: readonly SkillParameter[];
}

/** Where the window of a skill's calls begins, and where it begins that of those which show the time before, too. */
export const windowStart = '"now-30m"';
export const earlierStart = '"now-1h"';

/** @throws Error where the text is not in the form that skills of this server have */
export function readSkill(name: string, description: string, markdown: string): Skill {
  const [, body] = /^---\n[\s\S]*?\n---\n+([\s\S]+)$/.exec(markdown) ?? [];
  const [, title] = /^# (.+)$/m.exec(body ?? '') ?? [];
  if (body === undefined || title === undefined) throw new Error(`the skill ${name} has no title`);
  const parameters = skillParameters.filter((parameter) =>
    body.includes(parameter.endsWith('_time') ? windowStart : `<${parameter}>`),
  );
  return { name, title, description, body, parameters };
}
