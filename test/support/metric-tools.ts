import type { Limits } from '../../src/access/principal.ts';
import { createTools } from '../../src/mcp/tools/tools.ts';
import type { MetricStore } from '../../src/store/metrics/metric-store.ts';
import { mark, principal } from '../mcp/stub-queries.ts';
import { toolCaller } from './call-tools.ts';
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
  const callTool = toolCaller(createTools(metricQueries(store)), mark);
  const call = (name: string, args: Readonly<Record<string, unknown>>, limits: Limits = {}) =>
    callTool(name, args, { ...principal, limits });
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
