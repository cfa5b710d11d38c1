import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as HttpTransport1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { z } from 'zod';
import { cli, environment, projectFolder } from './command.ts';

/**
 * Clients that are not ours: the SDK's second version without sessions (protocol 2026-07-28) and with
 * (the older protocols), and the SDK's first version.
 */
export const assistantKinds = ['modern', 'legacy', 'sdk-1'] as const;
export type AssistantKind = (typeof assistantKinds)[number];

export interface ToolAnswer {
  readonly text: string;
  readonly isError: boolean;
}

export interface Assistant {
  readonly kind: AssistantKind;
  call(tool: string, args: Readonly<Record<string, unknown>>): Promise<ToolAnswer>;
  tools(): Promise<readonly Tool[]>;
  prompts(): Promise<readonly Prompt[]>;
  /** The text of a prompt. */
  prompt(name: string, args?: Readonly<Record<string, string>>): Promise<string>;
  /** Values for an argument of a prompt that begins so; `known` are the others. */
  complete(
    prompt: string,
    argument: { readonly name: string; readonly value: string },
    known?: Readonly<Record<string, string>>,
  ): Promise<readonly string[]>;
  /** The text of a resource. */
  resource(uri: string): Promise<string>;
  instructions(): string | undefined;
  close(): Promise<void>;
}

const toolSchema = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  inputSchema: z.record(z.string(), z.unknown()),
  annotations: z.record(z.string(), z.unknown()),
});
export type Tool = z.output<typeof toolSchema>;

const promptSchema = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  arguments: z.array(
    z.object({ name: z.string(), description: z.string(), required: z.boolean().optional() }),
  ),
});
export type Prompt = z.output<typeof promptSchema>;

const promptText = z.object({
  messages: z.tuple([
    z.object({ role: z.literal('user'), content: z.object({ type: z.literal('text'), text: z.string() }) }),
  ]),
});
const completionSchema = z.object({ completion: z.object({ values: z.array(z.string()) }) });
const resourceSchema = z.object({ contents: z.tuple([z.object({ uri: z.string(), text: z.string() })]) });

/** A result has one text block, and nothing beside it that a client could show a second time. */
const resultSchema = z.object({
  content: z.tuple([z.object({ type: z.literal('text'), text: z.string() })]),
  isError: z.boolean().optional(),
  structuredContent: z.undefined().optional(),
});

const modernProtocol = { pin: '2026-07-28' };
const clientInfo = { name: 'e2e', version: '1.0.0' };

/** Connects over HTTP with `key` as the bearer token. */
export async function connect(kind: AssistantKind, url: URL, key: string): Promise<Assistant> {
  const requestInit = { headers: { authorization: `Bearer ${key}` } };
  if (kind === 'sdk-1') {
    const client = new Client1(clientInfo);
    const transport = new HttpTransport1(url, { requestInit });
    await client.connect(transport);
    return assistantOf(kind, client, {
      callTool: (request) => client.callTool(request, undefined, patient),
      endSession: () => transport.terminateSession(),
    });
  }
  const client = new Client(clientInfo, {
    versionNegotiation: { mode: kind === 'modern' ? modernProtocol : 'legacy' },
  });
  const transport = new StreamableHTTPClientTransport(url, { requestInit });
  await client.connect(transport);
  return assistantOf(kind, client, {
    callTool: (request) => client.callTool(request, patient),
    endSession: async () => {
      if (kind === 'legacy') await transport.terminateSession();
    },
  });
}

/** Starts the product as a process that speaks MCP on stdin and stdout. */
export async function connectStdio(settings: Readonly<Record<string, string>>): Promise<Assistant> {
  const client = new Client(clientInfo);
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [cli, 'stdio'],
      env: environment(settings),
      cwd: projectFolder,
      stderr: 'ignore',
    }),
  );
  return assistantOf('legacy', client, { callTool: (request) => client.callTool(request, patient) });
}

/** A client has a minute by default, which is too short for what a busy machine takes for the largest filters. */
const patient = { timeout: 120_000 };

interface ToolCall {
  readonly name: string;
  readonly arguments: Record<string, unknown>;
}

interface SdkClient {
  callTool(request: ToolCall): Promise<unknown>;
  listTools(): Promise<{ tools: unknown[] }>;
  listPrompts(): Promise<{ prompts: unknown[] }>;
  getPrompt(request: { name: string; arguments: Record<string, string> }): Promise<unknown>;
  complete(request: {
    ref: { type: 'ref/prompt'; name: string };
    argument: { name: string; value: string };
    context: { arguments: Record<string, string> };
  }): Promise<unknown>;
  readResource(request: { uri: string }): Promise<unknown>;
  getInstructions(): string | undefined;
  close(): Promise<void>;
}

/** What a connected client of an SDK can do; `endSession` is called before it closes. */
export function assistantOf(
  kind: AssistantKind,
  client: SdkClient,
  {
    callTool = (request) => client.callTool(request),
    endSession = async () => {},
  }: {
    readonly callTool?: (request: ToolCall) => Promise<unknown>;
    readonly endSession?: () => Promise<void>;
  },
): Assistant {
  return {
    kind,
    call: async (name, args) => {
      const { content, isError = false } = resultSchema.parse(
        await callTool({ name, arguments: { ...args } }),
      );
      return { text: content[0].text, isError };
    },
    tools: async () => z.array(toolSchema).parse((await client.listTools()).tools),
    prompts: async () => z.array(promptSchema).parse((await client.listPrompts()).prompts),
    prompt: async (name, args = {}) =>
      promptText.parse(await client.getPrompt({ name, arguments: { ...args } })).messages[0].content.text,
    complete: async (prompt, { name, value }, known = {}) => {
      const ref = { type: 'ref/prompt', name: prompt } as const;
      const asked = { ref, argument: { name, value }, context: { arguments: { ...known } } };
      return completionSchema.parse(await client.complete(asked)).completion.values;
    },
    resource: async (uri) => resourceSchema.parse(await client.readResource({ uri })).contents[0].text,
    instructions: () => client.getInstructions(),
    close: async () => {
      await endSession();
      await client.close();
    },
  };
}
