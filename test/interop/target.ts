import { parseArgs } from 'node:util';
import { startFixture } from '../mcp/fixture-endpoint.ts';
import { createKey } from '../support/command.ts';
import { startProduct } from '../support/product.ts';

/** What is tested, and where the clients are that test it. */
export interface Target {
  readonly url: URL;
  readonly key: string;
  /** The tool to call, and arguments for it. */
  readonly tool: { readonly name: string; readonly args: Readonly<Record<string, unknown>> };
  /** The folder in which `npm install` put the clients. */
  readonly tools: string;
  stop(): Promise<void>;
}

const productTool = { name: 'get-trace-or-log-fields', args: { datasource: 'logs' } };

/** The target of the command line: a given one, the fixture of the endpoint's own tests, or the built product. */
export async function openTarget(args: readonly string[]): Promise<Target> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      url: { type: 'string' },
      key: { type: 'string' },
      tools: { type: 'string' },
      fixture: { type: 'boolean', default: false },
    },
  });
  const { tools } = values;
  if (tools === undefined) throw new Error('start it with test/interop/run.mjs');
  if (values.url !== undefined) {
    if (values.key === undefined) throw new Error('--url needs --key');
    return { url: new URL(values.url), key: values.key, tool: productTool, tools, stop: async () => {} };
  }
  if (values.fixture) {
    const { url, stop } = await startFixture();
    return { url, key: 'alice', tool: { name: 'echo', args: { text: 'hi' } }, tools, stop };
  }
  const product = await startProduct();
  const stop = async () => {
    await product.stop();
  };
  try {
    return { url: product.mcpUrl, key: await createKey(product.dataDir), tool: productTool, tools, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
