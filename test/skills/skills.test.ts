import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSkills, skillsFolder } from '../../src/mcp/skills/skills.ts';
import { type Assistant, connect } from '../support/assistants.ts';
import { shopClock, shopRequests } from './shop.ts';
import { shopQuestions } from './shop-questions.ts';
import { callsOf, isEmpty, readyCall } from './skill-calls.ts';
import { openWorld, type SkillWorld } from './world.ts';

/** Whatever a skill tells to call is called here, over telemetry in which something is wrong. */

let world: SkillWorld;
let assistant: Assistant;

beforeAll(async () => {
  world = await openWorld(shopClock, shopRequests());
  assistant = await connect('modern', world.url, 'full');
}, 240_000);

afterAll(async () => {
  await assistant?.close();
  await world?.close();
});

const skills = (await openSkills()).prompts.map(({ name }) => name);

test('each skill is asked about the shop', () => {
  expect(new Set(shopQuestions.map(({ skill }) => skill))).toEqual(new Set(skills));
});

test.each(shopQuestions)('what $skill tells of $workload finds what it says', async (question) => {
  const { skill, shows, ...known } = question;
  const answers: string[] = [];
  const unseen = [...shows];
  for (const call of callsOf(readFileSync(join(skillsFolder, skill, 'SKILL.md'), 'utf8'))) {
    const { tool, arguments: args } = readyCall(call, known, answers);
    const { text, isError } = await assistant.call(tool, args);
    const about = `${tool} ${JSON.stringify(args)}\n${text}`;
    if (process.env.SHOW) console.log(about);
    expect({ isError, isEmpty: isEmpty(text) }, about).toEqual({ isError: false, isEmpty: false });
    expect(
      call.reads.filter((read) => !text.includes(read)),
      about,
    ).toEqual([]);
    const shown = unseen.findIndex(([name, found]) => name === tool && found.test(text));
    if (shown >= 0) unseen.splice(shown, 1);
    answers.push(text);
  }
  expect(unseen).toEqual([]);
});
