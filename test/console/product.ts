import { otlpRequests } from '../../src/demo/shop/otlp.ts';
import { minute } from '../../src/demo/shop/shop.ts';
import { makeMovedShop } from '../shop/moved-shop.ts';
import { createKey } from '../support/command.ts';
import { type Product, startProduct } from '../support/product.ts';

/** Sends the last minutes of the shop, metrics too: enough that each namespace has spans and logs. */
export async function sendShop({ otlpUrl }: Product, minutes: number): Promise<void> {
  const to = BigInt(Math.floor(Date.now() / 60_000)) * minute;
  for (const records of makeMovedShop(to, {
    seed: 7,
    from: to - BigInt(minutes) * minute,
    to,
    requestsPerMinute: 60,
  })) {
    for (const { signal, body } of otlpRequests(records)) {
      const { status } = await fetch(new URL(`/v1/${signal}`, otlpUrl), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (status !== 200) throw new Error(`The product answered ${status} to ${signal}`);
    }
  }
}

export interface ConsoleProduct {
  readonly product: Product;
  /** `http://127.0.0.1:…/` */
  readonly url: string;
  readonly adminKey: string;
}

/** The product with telemetry of some minutes, and a key to sign in with. */
export async function startConsoleProduct(minutes: number): Promise<ConsoleProduct> {
  const product = await startProduct();
  if (minutes > 0) await sendShop(product, minutes);
  const adminKey = await createKey(product.dataDir, '--role', 'admin');
  return { product, url: new URL('/', product.mcpUrl).href, adminKey };
}
