import { z } from 'zod';
import type { Skill, SkillParameter } from './skill.ts';

/** Names that Kubernetes, and most people, give. They may stand between quotes wherever a prompt has them. */
const name = /^[\p{L}\p{N}][\p{L}\p{N} ._:/@-]{0,252}$/u;

/** Whether a prompt takes it: telemetry may hold names that are made to be read as something else. */
export function isPromptName(text: string): boolean {
  return name.test(text);
}

const nameArgument = z.string().refine((text) => text.trim() === '' || isPromptName(text.trim()), {
  error: 'takes a name of letters, digits and . _ - : / @, at most 253 characters',
});

/** What is no time is found when it is read. */
const timeArgument = z.string();

const shapes = {
  namespace: nameArgument.describe('Kubernetes namespace'),
  workload: nameArgument.describe('Deployment, statefulset, daemonset or job'),
  from_time: timeArgument.describe('Start of what to look at: "now-30m" or ISO 8601'),
  to_time: timeArgument.describe('Its end. Default: now'),
} satisfies Readonly<Record<SkillParameter, z.ZodType<string>>>;

/** The arguments of a skill's prompt; all can be left out. */
export function promptArguments({ parameters }: Skill) {
  return z.strictObject(
    Object.fromEntries(parameters.map((parameter) => [parameter, shapes[parameter].optional()])),
  );
}
