import { z } from 'zod';

/** A call that a skill tells to make. */
export interface SkillCall {
  /** As JSON, with placeholders in angle brackets. */
  readonly text: string;
  /** What the skill says stands in the answer: the code in the line below that begins with Read. */
  readonly reads: readonly string[];
}

const fence = /```(\w*)\n([\s\S]*?)\n```\n\n([^\n]*)/g;

/** All calls of a skill, in order. Each block of code is a call, and tells below what to read in its answer. */
export function callsOf(markdown: string): SkillCall[] {
  return [...markdown.matchAll(fence)].map(([, language, text = '', below = '']) => {
    if (language !== 'json' || !below.startsWith('Read ')) {
      throw new Error(`a block of code is no call, or is not followed by what to read: ${text}\n\n${below}`);
    }
    return { text, reads: [...below.matchAll(/`([^`]+)`/g)].flatMap(([, code]) => code ?? []) };
  });
}

const callSchema = z.strictObject({ tool: z.string(), arguments: z.record(z.string(), z.unknown()) });
export type ReadyCall = z.output<typeof callSchema>;

/**
 * A call with its placeholders filled: from what is known, else as skills say it: `<column>` is the value of
 * that column in the first row of the newest answer that has it.
 */
export function readyCall(
  { text }: SkillCall,
  known: Readonly<Record<string, string>>,
  answers: readonly string[],
): ReadyCall {
  const filled = text.replaceAll(/<(\w+)>/g, (_, name: string) => {
    const value = known[name] ?? answers.flatMap((answer) => firstValue(name, answer) ?? []).at(-1);
    if (value === undefined) throw new Error(`no answer has <${name}>`);
    return value;
  });
  return callSchema.parse(JSON.parse(filled));
}

function firstValue(name: string, answer: string): string | undefined {
  if (name === 'cursor') return /cursor "([^"]+)"/.exec(answer)?.[1];
  const [, same] = new RegExp(`^all rows:.*\t${name}=([^\t\n]*)`, 'm').exec(answer) ?? [];
  if (same !== undefined) return same;
  const lines = answer.split('\n').map((line) => line.split('\t'));
  const header = lines.findIndex((cells) => cells.length > 1 && cells.includes(name));
  const value = lines[header + 1]?.[lines[header]?.indexOf(name) ?? -1];
  return value === '' ? undefined : value;
}

/** Whether an answer says that nothing was found, or shows no row. */
export function isEmpty(answer: string): boolean {
  const [head = ''] = answer.split('\n');
  return (
    /^(?:no|nothing|0) |\b0 (?:groups|logs|spans|metrics|series)\b|\bof 0\b/.test(head) ||
    /<untrusted-\w+>\n<\//.test(answer)
  );
}
