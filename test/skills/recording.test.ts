import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Assistant, type AssistantKind, assistantKinds, connect } from '../support/assistants.ts';
import { recordingClock, recordingRequests } from './recording.ts';
import { callsOf, isEmpty, readyCall } from './skill-calls.ts';
import { openWorld, type SkillWorld } from './world.ts';

/**
 * Prompts over a recording of a real incident, as different clients get them: what is asked about is filled
 * in, and what they tell to call finds the cause.
 */

let world: SkillWorld;
const assistants = new Map<AssistantKind, Assistant>();

beforeAll(async () => {
  world = await openWorld(recordingClock, recordingRequests());
  for (const kind of assistantKinds) assistants.set(kind, await connect(kind, world.url, 'full'));
}, 240_000);

afterAll(async () => {
  for (const assistant of assistants.values()) await assistant.close();
  await world?.close();
});

const incident = {
  namespace: 'ts',
  workload: 'ts-contacts-service',
  from_time: '2023-01-29T08:51:00Z',
  to_time: '2023-01-29T08:54:00Z',
};

/** What the recording has none of: status of spans, OpenTelemetry's metrics, changes in the cluster. */
const findsNothing = /status = error|container_|http_server_|get-kubernetes-changes/;

/** The skill, and the line of an answer that shows the cause. */
const cases = [
  ['modern', 'kubesense-logs', /^new, q=.*ERROR.*\n.*No contacts according to contactsId/m],
  ['legacy', 'kubesense-triage', /^\d\. errors in ts-contacts-service; strength/m],
  ['sdk-1', 'kubesense-errors', /^1\. errors in ts-contacts-service; strength/m],
  ['modern', 'kubesense-traces', /^ts-preserve-service\tts-contacts-service\t/m],
  ['legacy', 'kubesense-latency', /contacts/],
] as const;

test.each(cases)('with %s, %s finds the cause', async (kind, skill, cause) => {
  const assistant = assistants.get(kind);
  if (assistant === undefined) throw new Error(`there is no client ${kind}`);
  const parameters = (await assistant.prompts()).find(({ name }) => name === skill)?.arguments ?? [];
  const known = Object.fromEntries(
    parameters.map(({ name }) => [name, Object.entries(incident).find(([key]) => key === name)?.[1] ?? '']),
  );
  const answers: string[] = [];
  for (const call of callsOf(await assistant.prompt(skill, known))) {
    expect(call.text).not.toContain('now-');
    if (findsNothing.test(call.text)) continue;
    const { tool, arguments: args } = readyCall(call, {}, answers);
    const { text, isError } = await assistant.call(tool, args);
    const about = `${tool} ${JSON.stringify(args)}\n${text}`;
    if (process.env.SHOW) console.log(about);
    expect({ isError, isEmpty: isEmpty(text) }, about).toEqual({ isError: false, isEmpty: false });
    answers.push(text);
  }
  expect(answers.filter((text) => cause.test(text)).length, answers.join('\n\n')).toBeGreaterThan(0);
});

test('names are completed from the recording', async () => {
  for (const assistant of assistants.values()) {
    const complete = (name: string, value: string) =>
      assistant.complete('kubesense-errors', { name, value }, { namespace: 'ts' });
    // Where the store does not answer within five seconds there are none.
    await expect.poll(() => complete('namespace', '')).toEqual(['ts']);
    await expect.poll(() => complete('workload', 'contacts')).toEqual(['ts-contacts-service']);
    expect(await complete('workload', 'contact-')).toEqual([]);
  }
});
