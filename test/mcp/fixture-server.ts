import { EventEmitter, once } from 'node:events';
import { McpServer, type ServerContext } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { ServerFactory } from '../../src/mcp/endpoint.ts';

/** What the tools of the fixture have done, for tests to wait on. */
export class FixtureEvents extends EventEmitter<{
  started: [id: string];
  aborted: [id: string];
  release: [id: string];
}> {
  readonly aborted = new Set<string>();
  readonly started = new Set<string>();

  constructor() {
    super();
    this.setMaxListeners(0);
    this.on('started', (id) => this.started.add(id));
    this.on('aborted', (id) => this.aborted.add(id));
  }
}

/** The text of an error that no client may ever see. */
export const internalText = 'SELECT secret FROM passwords at db.internal:9000';

const readOnly = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };
const fiveMinutes = { ttlMs: 300_000, cacheScope: 'private' } as const;
const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] });

/** A small MCP server with a bit of everything: the endpoint is tested with it, not the product's tools. */
export function fixtureServer(events: FixtureEvents): ServerFactory {
  return ({ era, principalOf }) => {
    const server = new McpServer(
      { name: 'fixture', version: '1.0.0' },
      {
        instructions: 'A fixture.',
        cacheHints: {
          'tools/list': fiveMinutes,
          'prompts/list': fiveMinutes,
          'resources/list': fiveMinutes,
          'resources/templates/list': fiveMinutes,
          'resources/read': fiveMinutes,
        },
      },
    );
    server.registerTool(
      'echo',
      {
        title: 'Echo',
        description: 'Says who called, and what it was sent.',
        inputSchema: z.object({ text: z.string() }),
        annotations: readOnly,
      },
      ({ text: sent }, context) => text(JSON.stringify({ sent, era, ...callerOf(context) })),
    );
    server.registerTool(
      'slow',
      {
        title: 'Slow',
        description: 'Answers when it is released.',
        inputSchema: z.object({ id: z.string() }),
        annotations: readOnly,
      },
      async ({ id }, { mcpReq }) => {
        mcpReq.signal.addEventListener('abort', () => events.emit('aborted', id));
        const token = mcpReq._meta?.progressToken;
        if (token !== undefined) {
          const params = { progressToken: token, progress: 1 };
          await mcpReq.notify({ method: 'notifications/progress', params });
        }
        events.emit('started', id);
        for (;;) {
          const [released] = await once(events, 'release', { signal: mcpReq.signal });
          if (released === id) return text(`done ${id}`);
        }
      },
    );
    server.registerPrompt('triage', { description: 'A prompt.' }, () => ({
      messages: [{ role: 'user', content: { type: 'text', text: 'Look.' } }],
    }));
    server.registerPrompt('broken', { description: 'A prompt that fails.' }, () => {
      throw new Error(internalText);
    });
    server.registerPrompt('coded', { description: 'A prompt that fails with a number as its code.' }, () => {
      throw Object.assign(new Error(internalText), { code: 241 });
    });
    server.registerResource('text', 'fixture://text', { mimeType: 'text/plain' }, (uri) => ({
      contents: [{ uri: uri.href, text: 'A resource.' }],
    }));
    return server;

    function callerOf(context: ServerContext) {
      const { keyId, name } = principalOf(context);
      return {
        keyId,
        name,
        authorization: context.http?.req?.headers.get('authorization') ?? null,
        token: context.http?.authInfo?.token ?? null,
      };
    }
  };
}
