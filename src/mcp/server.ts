import {
  type CallToolResult,
  McpServer,
  type ServerContext,
  type StandardSchemaWithJSON,
} from '@modelcontextprotocol/server';
import { type CallContext, callTool } from './call-tool.ts';
import { readOnly, type Tool } from './define-tool.ts';
import { reportProgress } from './progress.ts';
import { resources } from './resources.ts';
import { registerSkills, type SkillsContext } from './skills/register-skills.ts';

export interface McpServerOptions extends CallContext, SkillsContext {
  readonly tools: readonly Tool[];
  /** At most 2,048 bytes. */
  readonly instructions: string;
  readonly version: string;
}

const fiveMinutes = { ttlMs: 300_000, cacheScope: 'private' } as const;

/**
 * An MCP server for one connection, or for one request in the newer era. It never changes its lists, so it
 * announces no change.
 */
export function createMcpServer(options: McpServerOptions): McpServer {
  const server = new McpServer(
    { name: 'kubesense-mcp', title: 'KubeSense', version: options.version },
    {
      instructions: options.instructions,
      capabilities: {
        tools: { listChanged: false },
        resources: { listChanged: false },
        prompts: { listChanged: false },
      },
      // What `server/discover` gives holds the clock, so it keeps the SDK's default: not cached.
      cacheHints: {
        'tools/list': fiveMinutes,
        'prompts/list': fiveMinutes,
        'resources/list': fiveMinutes,
        'resources/templates/list': fiveMinutes,
        'resources/read': fiveMinutes,
      },
    },
  );
  for (const tool of options.tools) registerTool(server, tool, options);
  for (const { name, uri, text, ...about } of resources) {
    server.registerResource(name, uri, { ...about, mimeType: 'text/markdown' }, () => ({
      contents: [{ uri, mimeType: 'text/markdown', text }],
    }));
  }
  registerSkills(server, options);
  return server;
}

function registerTool(server: McpServer, tool: Tool, options: McpServerOptions): void {
  server.registerTool(
    tool.name,
    {
      title: tool.title,
      description: tool.description,
      inputSchema: unchecked(tool.inputSchema),
      annotations: readOnly,
    },
    async (args: unknown, context: ServerContext): Promise<CallToolResult> => {
      const { signal } = context.mcpReq;
      const stop = reportProgress(context.mcpReq, options.log);
      try {
        return await callTool(
          tool,
          { args, principalOf: () => options.principalOf(context), signal },
          options,
        );
      } finally {
        stop();
      }
    },
  );
}

/** Shows the schema and lets everything through: the tool itself reads arguments, and its errors help more. */
function unchecked(schema: Tool['inputSchema']): StandardSchemaWithJSON<unknown, unknown> {
  const json = () => ({ ...schema });
  return {
    '~standard': {
      version: 1,
      vendor: 'kubesense-mcp',
      validate: (value) => ({ value }),
      jsonSchema: { input: json, output: json },
    },
  };
}
