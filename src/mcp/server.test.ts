import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { SkillsClient } from '@modelcontextprotocol/client/ext/skills';
import { createMcpHandler, InMemoryTransport } from '@modelcontextprotocol/server';
import { pino } from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import { analyzeResult, instantSeries, principal, stubQueries } from '../../test/mcp/stub-queries.ts';
import { realTokens } from '../../test/support/tokens.ts';
import type { FieldValuesResult } from '../query/field-values.ts';
import type { Queries } from '../query/queries.ts';
import { instructions } from './instructions.ts';
import { createMcpServer } from './server.ts';
import type { Completed } from './skills/register-skills.ts';
import { openSkills } from './skills/skills.ts';
import { createTools } from './tools/tools.ts';

const skills = await openSkills();

type OnCompletion = (completed: Completed) => void;

const extent = { oldest: 1_674_981_660_000_000_000n, newest: 1_674_988_200_000_000_000n };
const noValues: FieldValuesResult = {
  signal: 'logs',
  ...{ field: 'workload', unit: undefined, search: '', filter: '', filterRewritten: false },
  ...{ window: { from: extent.oldest, to: extent.newest }, now: undefined, notes: [] },
  ...{ rows: 3, rowsWithValue: 3, rowsMatched: 3, valuesTotal: 0, values: [] },
};

function serverOver(queries: Queries, onCompletion: OnCompletion = () => {}) {
  return createMcpServer({
    tools: createTools(queries),
    skills,
    queries,
    now: () => 1_674_988_200_000_000_000n,
    principalOf: () => principal,
    instructions: instructions(1_674_988_200_000_000_000n),
    version: '1.2.3',
    log: pino({ level: 'silent' }),
    mark: () => '483920',
    errorId: () => 'e1',
    elapsed: () => 0,
    onCompletion,
  });
}

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A client of the era, connected to a server over `queries`. */
async function connect(
  era: 'legacy' | 'modern',
  queries: Queries,
  onCompletion?: OnCompletion,
): Promise<Client> {
  const mode = era === 'legacy' ? 'legacy' : { pin: '2026-07-28' };
  const client = new Client({ name: 'test', version: '0' }, { versionNegotiation: { mode } });
  if (era === 'legacy') {
    const [near, far] = InMemoryTransport.createLinkedPair();
    await serverOver(queries, onCompletion).connect(far);
    await client.connect(near);
  } else {
    const handler = createMcpHandler(() => serverOver(queries, onCompletion), { legacy: 'reject' });
    const fetch = (url: string | URL, init?: RequestInit) => handler.fetch(new Request(url, init));
    await client.connect(new StreamableHTTPClientTransport(new URL('http://127.0.0.1/mcp'), { fetch }));
    closing.push(() => handler.close());
  }
  closing.push(() => client.close());
  return client;
}

describe.each(['legacy', 'modern'] as const)('for a client of the %s era', (era) => {
  test('there are fifteen tools that only read', async () => {
    const { tools } = await (await connect(era, stubQueries({}))).listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      'compare-windows',
      'get-trace-or-log-fields',
      'get-field-values',
      'get-available-metrics',
      'get-metric-labels',
      'search-logs',
      'find-log-patterns',
      'search-traces',
      'get-trace',
      'get-service-map',
      'get-kubernetes-changes',
      'analyze-logs',
      'analyze-traces',
      'analyze-metrics',
      'analyze-telemetry',
    ]);
    for (const tool of tools) {
      expect(tool.title).toBeTruthy();
      expect(tool.annotations).toEqual({
        readOnlyHint: true,
        destructiveHint: false,
        idempotentHint: true,
        openWorldHint: false,
      });
      expect(tool).not.toHaveProperty('outputSchema');
      expect(tool.inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
    }
  });

  test('a call is answered with one text', async () => {
    const queries = stubQueries({ analyze: analyzeResult('logs', [instantSeries({}, 921)]) });
    const client = await connect(era, queries);
    const result = await client.callTool({ name: 'analyze-logs', arguments: { filters: 'level = ERROR' } });
    expect(result.content).toEqual([
      { type: 'text', text: 'row_count: 921; 921 logs; 2023-01-29 08:41:00 to 10:30:00 UTC' },
    ]);
    expect(result).not.toHaveProperty('structuredContent');
    expect(queries.requests).toMatchObject([{ filters: 'level = ERROR' }]);
  });

  test('wrong arguments are an error of the tool', async () => {
    const client = await connect(era, stubQueries({}));
    const result = await client.callTool({ name: 'search-logs', arguments: { filter: 'level = ERROR' } });
    expect(result).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('there is no parameter "filter". Did you mean "filters"?') }],
    });
  });

  test('an unknown tool is an error of the protocol', async () => {
    const client = await connect(era, stubQueries({}));
    await expect(client.callTool({ name: 'search-everything', arguments: {} })).rejects.toMatchObject({
      code: -32602,
    });
  });

  test('giving up reaches the query', async () => {
    let aborted: (reason: unknown) => void = () => {};
    const abortion = new Promise((resolve) => {
      aborted = resolve;
    });
    let asked = () => {};
    const asking = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const queries: Queries = {
      ...stubQueries({}),
      analyze: (_, { signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            aborted('aborted');
            reject(new Error('aborted'));
          });
          asked();
        }),
    };
    const client = await connect(era, queries);
    const giveUp = new AbortController();
    const call = client.callTool({ name: 'analyze-logs', arguments: {} }, { signal: giveUp.signal });
    await asking;
    giveUp.abort();
    await expect(call).rejects.toThrow();
    expect(await abortion).toBe('aborted');
  });

  test('there are resources, and skills beside them', async () => {
    const client = await connect(era, stubQueries({}));
    const { resources } = await client.listResources();
    expect(resources.map(({ uri, mimeType }) => [uri, mimeType])).toEqual([
      ['kubesense://filter-syntax', 'text/markdown'],
      ['kubesense://fields', 'text/markdown'],
      ['kubesense://promql', 'text/markdown'],
      ['kubesense://formulas', 'text/markdown'],
      ...skills.prompts.map(({ name }) => [`skill://${name}/SKILL.md`, 'text/markdown']),
    ]);
    for (const { uri } of resources) {
      const { contents } = await client.readResource({ uri });
      expect(contents).toMatchObject([
        { uri, mimeType: 'text/markdown', text: expect.stringMatching(/^# /m) },
      ]);
    }
    await expect(client.readResource({ uri: 'kubesense://nothing' })).rejects.toThrow();
    await expect(client.readResource({ uri: 'skill://nothing/SKILL.md' })).rejects.toThrow();
  });

  test('skills are listed and read by the extension, and are what they say', async () => {
    const client = new SkillsClient(await connect(era, stubQueries({})));
    expect(client.supported).toBe(true);
    const listed = (await client.list()).skills;
    expect(listed.map(({ frontmatter }) => frontmatter.name)).toEqual(skills.prompts.map(({ name }) => name));
    for (const [i, skill] of listed.entries()) {
      expect(await client.read(skill)).toMatchObject({
        verified: true,
        body: `\n${skills.prompts[i]?.body}`,
      });
    }
  });

  test('each skill is a prompt', async () => {
    const client = await connect(era, stubQueries({}));
    const { prompts } = await client.listPrompts();
    expect(prompts.map(({ name, title, description }) => ({ name, title, description }))).toEqual(
      skills.prompts.map(({ name, title, description }) => ({ name, title, description })),
    );
    expect(realTokens(JSON.stringify({ prompts }))).toBeLessThan(2_500);
    for (const { name, arguments: parameters = [] } of prompts) {
      const skill = skills.prompts.find((one) => one.name === name);
      expect(parameters.map((parameter) => parameter.name)).toEqual(skill?.parameters);
      expect(parameters.filter(({ required }) => required)).toEqual([]);
      const { messages } = await client.getPrompt({ name });
      expect(messages).toEqual([{ role: 'user', content: { type: 'text', text: skill?.body } }]);
    }
  });

  test('a prompt takes names and times, and says what is wrong with others', async () => {
    const client = await connect(era, stubQueries({}));
    const get = (args: Record<string, string>) =>
      client.getPrompt({ name: 'kubesense-logs', arguments: args });
    const { messages } = await get({ workload: 'cart', from_time: 'now-2h', namespace: '' });
    expect(messages).toMatchObject([
      { content: { text: expect.stringMatching(/^Do this for: workload cart, from_time now-2h\. /) } },
    ]);
    await expect(get({ workload: "x' OR 1" })).rejects.toMatchObject({
      code: -32602,
      message: expect.stringContaining('takes a name of letters'),
    });
    await expect(get({ from_time: 'at ten' })).rejects.toMatchObject({
      code: -32602,
      message: expect.stringContaining('"at ten" is no time'),
    });
    await expect(get({ pod: 'x' })).rejects.toMatchObject({ code: -32602 });
    await expect(client.getPrompt({ name: 'nothing' })).rejects.toMatchObject({ code: -32602 });
  });

  test('arguments are completed from what the key sees', async () => {
    const completed: Completed[] = [];
    const value = { value: 'cart', rows: 3, share: 1 };
    const queries: Queries = {
      ...stubQueries({}),
      holdings: async () => ({ logs: extent, traces: undefined, metrics: undefined }),
      fieldValues: async () => ({ ...noValues, valuesTotal: 1, values: [value] }),
    };
    const client = await connect(era, queries, (one) => completed.push(one));
    const complete = (name: string, argument: string) =>
      client.complete({ ref: { type: 'ref/prompt', name }, argument: { name: argument, value: 'c' } });
    expect((await complete('kubesense-logs', 'workload')).completion).toEqual({
      values: ['cart'],
      hasMore: false,
    });
    expect((await complete('kubesense-triage', 'workload')).completion.values).toEqual([]);
    await expect(complete('nothing', 'workload')).rejects.toMatchObject({ code: -32602 });
    expect(completed).toEqual([
      { principal, completing: { argument: 'workload', value: 'c', known: {} }, values: 1, ms: 0 },
    ]);
  });

  test('the instructions hold the clock', async () => {
    const client = await connect(era, stubQueries({}));
    expect(client.getInstructions()).toContain('2023-01-29 10:30:00 UTC');
  });
});

test.each(['legacy', 'modern'] as const)('the list of tools is small for %s clients', async (era) => {
  const client = await connect(era, stubQueries({}));
  const { tools } = await client.listTools();
  expect(tools).toHaveLength(15);

  expect(realTokens(JSON.stringify({ tools }))).toBeLessThan(8_000);
  for (const { name, description = '' } of tools) {
    expect(Buffer.byteLength(description), name).toBeLessThanOrEqual(1_024);
  }
  expect(Buffer.byteLength(client.getInstructions() ?? '')).toBeLessThanOrEqual(2_048);
});
