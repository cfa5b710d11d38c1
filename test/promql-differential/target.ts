import { createKey } from '../support/command.ts';
import { startProduct } from '../support/product.ts';
import { remoteWrite } from '../support/remote-write.mjs';
import type { TestSeries } from './test-data.ts';

/** The product with its embedded store, which these series were written to. */
export interface Target {
  /** Of Prometheus' API; ends before `/query`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export async function startTarget(series: readonly TestSeries[]): Promise<Target> {
  const product = await startProduct({ settings: { KUBESENSE_KEY_REQUESTS_PER_MINUTE: '100000' } });
  try {
    const key = await createKey(product.dataDir, '--role', 'query');
    if (product.otlpUrl === undefined) throw new Error('the product takes no samples');
    await remoteWrite(new URL('/api/v1/write', product.otlpUrl), series);
    return {
      url: new URL('/api/v1', product.mcpUrl).href,
      headers: { authorization: `Bearer ${key}` },
      stop: async () => {
        await product.stop();
      },
    };
  } catch (error) {
    await product.stop();
    throw error;
  }
}
