import { afterAll, beforeAll, expect } from 'vitest';
import type { Fault } from '../../src/demo/shop/faults.ts';
import { type OtlpRequest, otlpRequests } from '../../src/demo/shop/otlp.ts';
import type { ShopLog, ShopMetric, ShopSpan } from '../../src/demo/shop/records.ts';
import { minute } from '../../src/demo/shop/shop.ts';
import { type Assistant, connect } from '../support/assistants.ts';
import { createKey } from '../support/command.ts';
import { type Product, startProduct } from '../support/product.ts';
import { makeMovedShop } from './moved-shop.ts';

export interface LoadedShop {
  readonly product: Product;
  readonly assistant: Assistant;
  readonly spans: readonly ShopSpan[];
  readonly logs: readonly ShopLog[];
  /** As of each whole minute, where they were asked for. */
  readonly metrics: readonly ShopMetric[];
  /** The last whole minute before the tests, ns since the epoch: where the telemetry ends. */
  readonly end: bigint;
}

const hour = 60n * minute;

export interface ShopPart {
  /** How long before now the telemetry begins: up to 2 busy hours, before that quiet ones. */
  readonly hours: number;
  readonly metrics?: true;
}

/** A product that has stored the last hours of the shop, for the tests of one file; call the result for it. */
export function useLoadedShop(part: ShopPart): () => LoadedShop {
  let loaded: LoadedShop | undefined;
  let running: Product | undefined;

  beforeAll(async () => {
    const product = await startProduct();
    running = product;
    const shop = await load(product, part);
    loaded = {
      ...shop,
      assistant: await connect('modern', product.mcpUrl, await createKey(product.dataDir)),
    };
  });

  afterAll(async () => {
    await loaded?.assistant.close();
    expect(await running?.stop()).toEqual({ code: 0, signal: null });
  });

  return () => {
    if (loaded === undefined) throw new Error('The shop is not loaded yet');
    return loaded;
  };
}

/** Sends the shop, in which some things go wrong. */
async function load(product: Product, part: ShopPart): Promise<Omit<LoadedShop, 'assistant'>> {
  const end = BigInt(Math.floor(Date.now() / 60_000)) * minute;
  const always = { from: end - BigInt(part.hours) * hour, to: end };
  const busy = part.hours > 2 ? end - 2n * hour : always.from;
  const faults: readonly Fault[] = [
    {
      kind: 'new error',
      workload: 'payments',
      share: 0.3,
      message: 'timeout: no connection to the card network',
      ...always,
    },
    { kind: 'new error', workload: 'checkout-canary', share: 0.2, message: 'unknown currency', ...always },
    {
      kind: 'slow code',
      workload: 'catalog',
      span: 'render prices',
      addedMs: 700,
      from: end - hour,
      to: end,
    },
  ];
  const shop = { seed: 20_250_630, faults };
  const spans: ShopSpan[] = [];
  const logs: ShopLog[] = [];
  const metrics: ShopMetric[] = [];
  let batch: { spans: ShopSpan[]; logs: ShopLog[]; metrics: ShopMetric[] } = {
    spans: [],
    logs: [],
    metrics: [],
  };
  const sendBatch = async () => {
    for (const request of otlpRequests(batch)) await post(product.otlpUrl, request);
    batch = { spans: [], logs: [], metrics: [] };
  };
  const parts = [
    makeMovedShop(end, { ...shop, from: always.from, to: busy, requestsPerMinute: 2, metrics: false }),
    makeMovedShop(end, {
      ...shop,
      from: busy,
      to: end,
      requestsPerMinute: 20,
      metrics: part.metrics ?? false,
    }),
  ];
  for (const minutes of parts) {
    for (const records of minutes) {
      batch.spans.push(...records.spans);
      batch.logs.push(...records.logs);
      batch.metrics.push(...records.metrics);
      spans.push(...records.spans);
      logs.push(...records.logs);
      metrics.push(...records.metrics);
      if (batch.spans.length + batch.logs.length + batch.metrics.length > 10_000) await sendBatch();
    }
  }
  await sendBatch();
  return { product, spans, logs, metrics, end };
}

async function post(otlpUrl: URL | undefined, { signal, body }: OtlpRequest): Promise<void> {
  const response = await fetch(new URL(`/v1/${signal}`, otlpUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  // A partial success would say here what was rejected.
  expect([response.status, await response.json()], signal).toEqual([200, {}]);
}
