import type { Limits } from '../../src/access/principal.ts';
import { callTool } from '../../src/mcp/call-tool.ts';
import { createTools } from '../../src/mcp/tools/tools.ts';
import { createLog } from '../../src/observe/log.ts';
import type { MetricStore } from '../../src/store/metrics/metric-store.ts';
import { mark, principal } from '../mcp/stub-queries.ts';
import { metricQueries } from './metric-queries.ts';

export interface MetricTools {
  /** The text of an answer; an error fails the test. */
  ask(tool: string, args?: Readonly<Record<string, unknown>>, limits?: Limits): Promise<string>;
  /** The text of an error; an answer fails the test. */
  refuse(tool: string, args: Readonly<Record<string, unknown>>, limits?: Limits): Promise<string>;
  /** Answer or error, whichever comes. */
  tell(tool: string, args: Readonly<Record<string, unknown>>, limits?: Limits): Promise<string>;
  /** A JSON answer, read. */
  json(tool: string, args: Readonly<Record<string, unknown>>): Promise<unknown>;
}

/** The tools over a store of metrics, as the server calls them, with a key that has these limits. */
export function metricTools(store: MetricStore | undefined): MetricTools {
  const tools = createTools(metricQueries(store));
  const context = { log: createLog('silent'), mark, errorId: () => 'e1', elapsed: () => 0 };
  const call = async (name: string, args: Readonly<Record<string, unknown>>, limits: Limits = {}) => {
    const tool = tools.find((one) => one.name === name);
    if (tool === undefined) throw new Error(`there is no tool ${name}`);
    const principalOf = () => ({ ...principal, limits });
    const { signal } = new AbortController();
    const { content, isError = false } = await callTool(tool, { args, principalOf, signal }, context);
    const [block] = content;
    if (block?.type !== 'text') throw new Error('no text');
    return { text: block.text, isError };
  };
  const ask: MetricTools['ask'] = async (name, args = {}, limits) => {
    const { text, isError } = await call(name, args, limits);
    if (isError) throw new Error(`${name} ${JSON.stringify(args)}: ${text}`);
    return text;
  };
  return {
    ask,
    refuse: async (name, args, limits) => {
      const { text, isError } = await call(name, args, limits);
      if (!isError) throw new Error(`${name} ${JSON.stringify(args)} was answered: ${text}`);
      return text;
    },
    tell: async (name, args, limits) => (await call(name, args, limits)).text,
    json: async (name, args) => JSON.parse(await ask(name, { format: 'json', ...args })),
  };
}
