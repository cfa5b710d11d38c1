import { z } from 'zod';
import { narrowed } from '../access/limits.ts';
import { ConsoleError } from './console-error.ts';
import type { Endpoint } from './endpoint.ts';
import { readJson } from './read-input.ts';

/** What `/mcp` takes. */
const maxBodyBytes = 4 * 1024 * 1024;

const names = z.array(z.string().max(253)).max(1000).optional();
const callInput = z.strictObject({
  arguments: z.record(z.string(), z.unknown()),
  limits: z.strictObject({ clusters: names, namespaces: names }).optional(),
});

/** `GET /tools`: what assistants see of each tool. */
export const listTools: Endpoint = async ({ tools }) => ({
  status: 200,
  body: {
    tools: tools.list.map(({ name, title, description, inputSchema }) => ({
      name,
      title,
      description,
      input_schema: inputSchema,
    })),
  },
});

/** `POST /tools/<name>`: what an assistant would read, with a key of the given limits. */
export const callTool: Endpoint = async ({ tools, elapsed }, { incoming, name, signal }, by) => {
  const input = await readJson(incoming, callInput, maxBodyBytes);
  const { clusters, namespaces } = input.limits ?? {};
  const asked = { ...(clusters && { clusters }), ...(namespaces && { namespaces }) };
  const principal = { ...by.principal, limits: narrowed(by.principal.limits, asked) };
  const start = elapsed();
  const result = await tools.call(name, input.arguments, { principal, signal });
  if (result === undefined) throw new ConsoleError('unknown_tool', 'There is no tool of this name.');
  const duration = Math.round(elapsed() - start);
  return { status: 200, body: { is_error: result.isError, text: result.text, duration_ms: duration } };
};
