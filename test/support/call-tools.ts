import type { Principal } from '../../src/access/principal.ts';
import { callTool } from '../../src/mcp/call-tool.ts';
import type { Tool } from '../../src/mcp/define-tool.ts';
import { createLog } from '../../src/observe/log.ts';
import { principal as unlimited } from '../mcp/stub-queries.ts';
import type { ToolAnswer } from './assistants.ts';

/** What fences are marked with, so that answers can be compared. */
const standingMark = (): string => '123456';

/** Calls tools as the server does, with a fixed mark of fences; answer or error, whichever comes. */
export function toolCaller(
  tools: readonly Tool[],
  mark: () => string = standingMark,
): (name: string, args: Readonly<Record<string, unknown>>, principal?: Principal) => Promise<ToolAnswer> {
  const context = { log: createLog('silent'), mark, errorId: () => 'e1', elapsed: () => 0 };
  return async (name, args, principal = unlimited) => {
    const tool = tools.find((one) => one.name === name);
    if (tool === undefined) throw new Error(`there is no tool ${name}`);
    const { signal } = new AbortController();
    const { content, isError = false } = await callTool(
      tool,
      { args, principalOf: () => principal, signal },
      context,
    );
    const [block] = content;
    if (block?.type !== 'text') throw new Error('an answer has one text');
    return { text: block.text, isError };
  };
}
