import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { z } from 'zod';
import { conditionOf, numericTextExcluded } from '../../src/store/sql/filter.ts';
import { join, type Sql, sql } from '../../src/store/sql/sql.ts';
import type { Filter } from '../../src/telemetry/filter/ast.ts';
import { parseFilter, resolveFilter } from '../../src/telemetry/filter/filter.ts';
import { InputError } from '../../src/telemetry/input-error.ts';
import { startTestEngine, type TestEngine } from '../support/store.ts';
import { isLeftOutForText, matches } from './evaluator.ts';
import { bareAttributes, bodySamples, type Sample, samples } from './generator.ts';
import { type Row, rows, setUp, tableOf } from './rows.ts';

declare module 'vitest' {
  interface ProvidedContext {
    filterCount?: number;
    filterSeed?: number;
  }
}

const count = inject('filterCount') ?? 10_000;
const seed = inject('filterSeed') ?? 20230129;
const now = 1_674_990_000_000_000_000n;

/** Filters that one query answers. */
const batchSize = 100;

interface Accepted extends Sample {
  readonly filter: Filter;
  /** The ids of the rows that match, as JavaScript says. */
  readonly expected: readonly number[];
}

let engine: TestEngine;
let accepted: Accepted[];

beforeAll(async () => {
  accepted = samples(count, seed).flatMap((sample) => accept(sample) ?? []);
  engine = await startTestEngine();
  for (const statement of setUp()) await engine.clickhouse.run(statement);
}, 600_000);

afterAll(() => engine.close());

const answerTo = (query: Sql): Promise<unknown[][]> => engine.clickhouse.rows(query, z.array(z.unknown()));

/** Reads a sample; undefined where it is refused, which takes an InputError with a place. */
function accept(sample: Sample): Accepted | undefined {
  try {
    const parsed = parseFilter(sample.text);
    const { filter, text } = resolveFilter(parsed, {
      signal: sample.signal,
      attributes: bareAttributes,
      now,
    });
    if (filter === undefined) return undefined;
    const again = resolveFilter(parseFilter(text), { signal: sample.signal, attributes: new Set(), now: 0n });
    expect(withoutSpans(again.filter), `normalised: ${text}`).toEqual(withoutSpans(filter));
    expect(again.rewritten, `normalised twice: ${again.text}`).toBe(false);
    return { ...sample, filter, expected: idsWhere((row) => matches(filter, row)) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.place?.text).toBe(sample.text);
    const { start = -1, end = -1 } = error.place ?? {};
    expect(start).toBeGreaterThanOrEqual(0);
    expect(end).toBeGreaterThanOrEqual(start);
    expect(end).toBeLessThanOrEqual(sample.text.length);
    return undefined;
  }
}

function withoutSpans(filter: Filter | undefined): unknown {
  return JSON.parse(
    JSON.stringify(filter, (key, value: unknown) => {
      if (key === 'span' || key === 'field')
        return key === 'span' ? undefined : (value as { name: string }).name;
      return typeof value === 'bigint' ? `${value}n` : value;
    }) ?? 'null',
  );
}

const idsWhere = (predicate: (row: Row) => boolean): number[] =>
  rows.flatMap((row, id) => (predicate(row) ? [id] : []));

/** The ids of the rows for which each condition holds, computed as columns of one query. */
async function computed(conditions: readonly Sql[]): Promise<unknown[]> {
  const columns = conditions.map((condition) => sql`arraySort(groupArrayIf(id, ${condition}))`);
  const [answer = []] = await answerTo(sql`SELECT ${join(columns, ', ')} FROM filter_rows`);
  return answer;
}

/** The same, each by a query of its own, so that the conditions go through all indexes of the table. */
async function searched(conditions: readonly Sql[]): Promise<unknown[]> {
  const queries = conditions.map(
    (condition, i) =>
      sql`SELECT ${i} AS query, arraySort(groupArray(id)) FROM filter_rows WHERE ${condition}`,
  );
  const answer = await answerTo(sql`SELECT * FROM (${join(queries, ' UNION ALL ')}) ORDER BY query`);
  return answer.map(([, ids]) => ids);
}

async function inBatches<T>(items: readonly T[], run: (batch: readonly T[]) => Promise<void>): Promise<void> {
  for (let i = 0; i < items.length; i += batchSize) await run(items.slice(i, i + batchSize));
}

const describeCase = ({ signal, text }: Sample, condition: Sql | undefined): string =>
  `${signal}: ${JSON.stringify(text)}\n${condition?.text}`;

describe(`${count} random filters, seed ${seed}`, () => {
  test('tell rows apart, or are refused with a place', () => {
    const telling = accepted.filter(
      ({ expected }) => expected.length > 0 && expected.length < rows.length,
    ).length;
    console.log({
      seed,
      answered: accepted.length,
      refused: count - accepted.length,
      telling,
    });
    // Else the generator makes nothing but mistakes, or filters that nothing or everything matches.
    expect(accepted.length).toBeGreaterThan(count * 0.4);
    expect(accepted.length).toBeLessThan(count * 0.9);
    expect(telling).toBeGreaterThan(accepted.length * 0.4);
  });

  test('mean in SQL what they mean in JavaScript', async () => {
    await inBatches(accepted, async (batch) => {
      const conditions = batch.map(({ filter, signal }) => conditionOf(filter, tableOf(signal, false)));
      const answers = await computed(conditions);
      for (const [i, each] of batch.entries()) {
        expect(answers[i], describeCase(each, conditions[i])).toEqual(each.expected);
      }
    });
  }, 600_000);

  test('find the same rows through the indexes of a table', async () => {
    const usual = accepted.filter((_, i) => i % 8 === 0);
    const lines = bodySamples(count / 10, seed).flatMap((sample) => accept(sample) ?? []);
    const words = [...accepted, ...lines].filter(({ filter, signal }) => {
      const [plain, indexed] = [false, true].map((is) => conditionOf(filter, tableOf(signal, is)).text);
      return plain !== indexed;
    });
    const telling = words.filter(({ expected }) => expected.length > 0).length;
    expect(telling).toBeGreaterThan(count * 0.02);
    await inBatches([...usual, ...words], async (batch) => {
      const conditions = batch.map(({ filter, signal }) => conditionOf(filter, tableOf(signal, true)));
      const answers = await searched(conditions);
      for (const [i, each] of batch.entries()) {
        expect(answers[i], describeCase(each, conditions[i])).toEqual(each.expected);
      }
    });
  }, 600_000);

  test('count the rows that only a text that is no number leaves out', async () => {
    const numeric = accepted.flatMap((each) => {
      const condition = numericTextExcluded(each.filter, tableOf(each.signal, false));
      return condition === undefined ? [] : [{ ...each, condition }];
    });
    expect(numeric.length).toBeGreaterThan(count * 0.02);
    await inBatches(numeric, async (batch) => {
      const answers = await computed(batch.map(({ condition }) => condition));
      for (const [i, each] of batch.entries()) {
        const expected = idsWhere((row) => isLeftOutForText(each.filter, row));
        expect(answers[i], describeCase(each, each.condition)).toEqual(expected);
      }
    });
    const others = accepted.filter((each) => !numeric.some(({ text }) => text === each.text));
    for (const { filter, text } of others) {
      expect(
        idsWhere((row) => isLeftOutForText(filter, row)),
        text,
      ).toEqual([]);
    }
  }, 600_000);
});
