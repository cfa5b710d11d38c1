import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseQuery } from '../../src/promql/parser.ts';
import type { MetricStore } from '../../src/store/metrics/metric-store.ts';
import { InputError } from '../../src/telemetry/input-error.ts';
import type { Scope } from '../../src/telemetry/scope.ts';
import { limitedTo } from '../support/scope.ts';
import type { StoreName } from './binaries.ts';
import { comparable, type Times } from './oracle.ts';
import { randomExpression } from './random-expressions.ts';
import { end, minute, sampleSeries, visibleSeries } from './samples.ts';
import { openTarget, type Target } from './target.ts';

const visible = ['shop', 'cart'];
const instant: Times = { start: end, end, step: 0 };
const range: Times = { start: end - 20 * minute, end, step: 5 * minute };

/** A value, or what the client is told instead; never with anything that is not visible. */
async function answer(store: MetricStore, text: string, times: Times, scope: Scope): Promise<unknown> {
  try {
    return comparable(await store.evaluate({ text, expr: parseQuery(text), ...times }, { scope }));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    // Which of several series is named depends on the order in which a store reads them.
    return { refused: error.message.replace(/\{.*/s, '') };
  }
}

describe.each<StoreName>(['prometheus', 'victoria-metrics'])('%s', (name) => {
  let whole: Target;
  let part: Target;
  beforeAll(async () => {
    whole = await openTarget(name, 'random-whole', sampleSeries);
    part = await openTarget(name, 'random-part', () => visibleSeries(visible));
  });
  afterAll(async () => {
    await whole?.close();
    await part?.close();
  });

  test('with limits answers any expression as a store that has only the visible series', async () => {
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(randomExpression, fc.constantFrom(instant, range), async (text, times) => {
        const limited = await answer(whole.store, text, times, limitedTo({ namespaces: visible }));
        const alone = await answer(part.store, text, times, limitedTo());
        expect(limited).toEqual(alone);
        if (!('refused' in Object(alone))) answered++;
      }),
      { numRuns: 2_000 },
    );
    console.log(`${name}: 2000 expressions agree, ${answered} of them with a value`);
  }, 600_000);
});
