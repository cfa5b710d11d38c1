import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as Transport1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type FixtureEndpoint, startFixture } from '../../test/mcp/fixture-endpoint.ts';
import { waitFor } from '../../test/support/wait.ts';

const kinds = ['modern', 'legacy', 'negotiating', 'sdk-1'] as const;
type Kind = (typeof kinds)[number];

interface Connection {
  readonly client: Client | Client1;
  callSlow(options: { signal: AbortSignal; onprogress: () => void }): Promise<unknown>;
  end(): Promise<void>;
}

const info = { name: 'test', version: '1.0.0' };
const modes = { modern: { pin: '2026-07-28' }, legacy: 'legacy', negotiating: 'auto' } as const;
const slow = { name: 'slow', arguments: { id: 'a' } };
const result = z.object({ content: z.tuple([z.object({ text: z.string() })]) });

let fixture: FixtureEndpoint;

beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

async function connect(kind: Kind, key: string): Promise<Connection> {
  const options = { requestInit: { headers: { authorization: `Bearer ${key}` } } };
  if (kind === 'sdk-1') {
    const client = new Client1(info);
    const transport = new Transport1(fixture.url, options);
    await client.connect(transport);
    return {
      client,
      callSlow: (options) => client.callTool(slow, undefined, options),
      end: () => transport.terminateSession(),
    };
  }
  const client = new Client(info, { versionNegotiation: { mode: modes[kind] } });
  const transport = new StreamableHTTPClientTransport(fixture.url, options);
  await client.connect(transport);
  return {
    client,
    callSlow: (options) => client.callTool(slow, options),
    end: () => transport.terminateSession(),
  };
}

describe.each(kinds)('client %s', (kind) => {
  const era = kind === 'modern' || kind === 'negotiating' ? 'modern' : 'legacy';

  test('lists and calls, as the key that it has', async () => {
    const { client, end } = await connect(kind, 'alice');
    expect(client.getServerVersion()?.name).toBe('fixture');
    expect(client.getInstructions()).toBe('A fixture.');
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['echo', 'slow']);
    expect((await client.listPrompts()).prompts.map(({ name }) => name)).toContain('triage');
    expect((await client.listResources()).resources.map(({ uri }) => uri)).toEqual(['fixture://text']);
    const answer = result.parse(await client.callTool({ name: 'echo', arguments: { text: 'hi' } }));
    expect(JSON.parse(answer.content[0].text)).toMatchObject({ sent: 'hi', era, keyId: 'id-alice' });
    expect(fixture.endpoint.sessions()).toBe(era === 'legacy' ? 1 : 0);
    await end();
    expect(fixture.endpoint.sessions()).toBe(0);
    await client.close();
  });

  test('is told of progress, and cancels', async () => {
    const { client, callSlow } = await connect(kind, 'alice');
    const abort = new AbortController();
    let progress = 0;
    const call = callSlow({
      signal: abort.signal,
      onprogress: () => {
        progress += 1;
      },
    });
    const failed = call.then(
      () => false,
      () => true,
    );
    await waitFor('progress', 30_000, () => progress === 1);
    abort.abort();
    await waitFor('the abort', 30_000, () => fixture.events.aborted.has('a'));
    expect(await failed).toBe(true);
    await client.close();
  });

  test('is refused without a valid key', async () => {
    await expect(connect(kind, 'nobody')).rejects.toThrow();
  });

  test('is refused once its key has ended', async () => {
    const { client } = await connect(kind, 'alice');
    fixture.keys.remove('alice');
    await expect(client.listTools()).rejects.toThrow();
    await client.close();
  });
});
