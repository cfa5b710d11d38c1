import { afterAll, beforeAll, expect } from 'vitest';
import { type Assistant, type AssistantKind, connect } from '../support/assistants.ts';
import { createKey } from '../support/command.ts';
import { type Product, startProduct } from '../support/product.ts';
import { send } from '../support/sample.ts';
import { makeSample, type Sample } from './sample.ts';

export interface SampledProduct {
  readonly product: Product;
  readonly assistant: Assistant;
  readonly sample: Sample;
  /** A window that holds the whole sample. */
  readonly window: { readonly from_time: string; readonly to_time: string };
}

/** A product with the sample in it, for the tests of one file; give it back by calling the result. */
export function useSampledProduct(kind: AssistantKind = 'modern'): () => SampledProduct {
  let sampled: SampledProduct | undefined;

  beforeAll(async () => {
    const product = await startProduct();
    const sample = makeSample(Date.now());
    await send(product.otlpUrl, sample);
    const assistant = await connect(kind, product.mcpUrl, await createKey(product.dataDir));
    const iso = (time: bigint) => new Date(Number(time / 1_000_000n)).toISOString();
    const window = { from_time: iso(sample.start), to_time: iso(sample.start + 1_800_000_000_000n) };
    sampled = { product, assistant, sample, window };
  });

  afterAll(async () => {
    await sampled?.assistant.close();
    expect(await sampled?.product.stop()).toEqual({ code: 0, signal: null });
  });

  return () => {
    if (sampled === undefined) throw new Error('The product is not running yet');
    return sampled;
  };
}
