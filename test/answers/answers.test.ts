import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectNumber, telemetry } from '../support/answers.ts';
import type { Assistant } from '../support/assistants.ts';
import { checkCase } from '../trainticket/check.ts';
import { expectedCase } from '../trainticket/expected.ts';
import { expectedTelemetry, type TelemetryCase } from '../trainticket/telemetry/expected.ts';
import { startIncidentAssistant } from './incident-assistant.ts';
import { incidentQuestions, type Question, questions } from './questions.ts';
import { startRecordedAssistant } from './recorded-assistant.ts';

let assistant: Assistant;

beforeAll(async () => {
  assistant = await startRecordedAssistant();
}, 240_000);

afterAll(() => assistant?.close());

test('each tool is asked at least three questions', async () => {
  const tools = (await assistant.tools()).map(({ name }) => name).sort();
  expect(Object.keys(questions).sort()).toEqual(tools);
  for (const [tool, asked] of Object.entries(questions)) expect(asked.length, tool).toBeGreaterThanOrEqual(3);
});

test('what the instructions say', async () => {
  await expect(`${assistant.instructions()}\n`).toMatchFileSnapshot('instructions.txt');
});

test.each(Object.keys(questions))('the whole answers of %s', async (tool) => {
  const texts = await answersOf(assistant, tool, questions[tool] ?? []);
  await expect(texts).toMatchFileSnapshot(`${tool}.txt`);
});

test('the whole answers of get-kubernetes-changes about an incident', async () => {
  const tool = 'get-kubernetes-changes';
  const ofIncident = await startIncidentAssistant();
  try {
    const texts = await answersOf(ofIncident, tool, incidentQuestions);
    await expect(texts).toMatchFileSnapshot(`${tool}-incident.txt`);
  } finally {
    await ofIncident.close();
  }
}, 60_000);

async function answersOf(asked: Assistant, tool: string, all: readonly Question[]): Promise<string> {
  const texts: string[] = [];
  for (const question of all) {
    const args = argumentsOf(tool, question);
    const { text, isError } = await asked.call(tool, args);
    const error = isError ? ' (error)' : '';
    texts.push(`## ${question.asks}\n${tool} ${JSON.stringify(args)}${error}\n\n${text}\n`);
  }
  return texts.join('\n');
}

describe('the numbers are those that were computed from the recorded files', () => {
  const computed = Object.entries(questions).flatMap(([tool, asked]) =>
    asked.flatMap(({ computed: name, args }) => (name === undefined ? [] : [{ tool, name, args }])),
  );

  test.each(computed)('$tool: $name', async ({ tool, name, args }) => {
    if (tool !== 'analyze-telemetry') return checkCase(assistant, expectedCase(name));
    const one = telemetryCase(name);
    const { queries } = await telemetry(assistant, { ...argumentsOfTelemetry(one), ...args });
    const { series = [], join } = queries.C ?? {};
    expect(join).toMatchObject(one.join);
    expect(series.length).toBeGreaterThan(0);
    for (const [i, { labels, value, points = [] }] of series.entries()) {
      const expected = one.series[i];
      expect(labels).toEqual(expected?.labels);
      if (expected?.points === undefined) expectNumber(value, expected?.value ?? null, name);
      for (const [j, [time, at]] of points.entries()) {
        expect(time).toBe(expected?.points?.[j]?.[0]);
        expectNumber(at, expected?.points?.[j]?.[1] ?? null, `${name} at ${time}`);
      }
    }
  });
});

function argumentsOf(tool: string, { args, computed }: Question): Readonly<Record<string, unknown>> {
  if (computed === undefined) return args;
  const of =
    tool === 'analyze-telemetry'
      ? argumentsOfTelemetry(telemetryCase(computed))
      : expectedCase(computed).arguments;
  return { ...of, ...args };
}

const argumentsOfTelemetry = ({ from_time, to_time, step, queries }: TelemetryCase) => ({
  from_time,
  to_time,
  queries,
  ...(step === undefined ? {} : { queryType: 'range', step }),
});

function telemetryCase(name: string): TelemetryCase {
  const found = expectedTelemetry.find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no case ${name}`);
  return found;
}
