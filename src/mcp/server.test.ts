import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { createMcpHandler, InMemoryTransport } from '@modelcontextprotocol/server';
import { pino } from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import { analyzeResult, instantSeries, principal, stubQueries } from '../../test/mcp/stub-queries.ts';
import { realTokens } from '../../test/support/tokens.ts';
import type { Queries } from '../query/queries.ts';
import { instructions } from './instructions.ts';
import { createMcpServer } from './server.ts';
import { createTools } from './tools/tools.ts';

function serverOver(queries: Queries) {
  return createMcpServer({
    tools: createTools(queries),
    principalOf: () => principal,
    instructions: instructions(1_674_988_200_000_000_000n),
    version: '1.2.3',
    log: pino({ level: 'silent' }),
    mark: () => '483920',
    errorId: () => 'e1',
    elapsed: () => 0,
  });
}

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A client of the era, connected to a server over `queries`. */
async function connect(era: 'legacy' | 'modern', queries: Queries): Promise<Client> {
  const mode = era === 'legacy' ? 'legacy' : { pin: '2026-07-28' };
  const client = new Client({ name: 'test', version: '0' }, { versionNegotiation: { mode } });
  if (era === 'legacy') {
    const [near, far] = InMemoryTransport.createLinkedPair();
    await serverOver(queries).connect(far);
    await client.connect(near);
  } else {
    const handler = createMcpHandler(() => serverOver(queries), { legacy: 'reject' });
    const fetch = (url: string | URL, init?: RequestInit) => handler.fetch(new Request(url, init));
    await client.connect(new StreamableHTTPClientTransport(new URL('http://127.0.0.1/mcp'), { fetch }));
    closing.push(() => handler.close());
  }
  closing.push(() => client.close());
  return client;
}

describe.each(['legacy', 'modern'] as const)('for a client of the %s era', (era) => {
  test('there are fourteen tools that only read', async () => {
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

  test('there are resources, and an empty list of prompts', async () => {
    const client = await connect(era, stubQueries({}));
    const { resources } = await client.listResources();
    expect(resources.map(({ uri, mimeType }) => [uri, mimeType])).toEqual([
      ['kubesense://filter-syntax', 'text/markdown'],
      ['kubesense://fields', 'text/markdown'],
      ['kubesense://promql', 'text/markdown'],
      ['kubesense://formulas', 'text/markdown'],
    ]);
    for (const { uri } of resources) {
      const { contents } = await client.readResource({ uri });
      expect(contents).toMatchObject([
        { uri, mimeType: 'text/markdown', text: expect.stringMatching(/^# /) },
      ]);
    }
    expect((await client.listPrompts()).prompts).toEqual([]);
    expect((await client.listResourceTemplates()).resourceTemplates).toEqual([]);
    await expect(client.readResource({ uri: 'kubesense://nothing' })).rejects.toThrow();
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
