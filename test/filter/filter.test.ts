import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { SignalTable } from '../../src/store/schema/signal-table.ts';
import { conditionOf, numericTextExcluded } from '../../src/store/sql/filter.ts';
import { type Sql, sql } from '../../src/store/sql/sql.ts';
import type { Filter } from '../../src/telemetry/filter/ast.ts';
import { parseFilter, resolveFilter } from '../../src/telemetry/filter/filter.ts';
import { startTestEngine, type TestEngine } from '../support/store.ts';

/** What the filter language says, row by row, on a table that is small enough to see through. */
const table: SignalTable = {
  signal: 'traces',
  name: sql`spans`,
  time: sql`Timestamp`,
  fields: {
    timestamp: sql`Timestamp`,
    workload: sql`Workload`,
    status: sql`Status`,
    return_code: sql`Code`,
    operation_name: sql`Name`,
    duration: sql`Duration`,
    duration_ms: sql`Duration / 1e6`,
    level: sql`Level`,
    body: sql`Name`,
  },
  ownAttributes: sql`Own`,
  resourceAttributes: sql`Resource`,
  columns: new Set(),
};

let engine: TestEngine;

beforeAll(async () => {
  engine = await startTestEngine();
  await engine.clickhouse.run(sql`CREATE TABLE spans (
    id UInt8, Timestamp DateTime64(9, 'UTC'), Workload LowCardinality(String), Status String, Code String, Name String,
    Duration UInt64, Level String, Own Map(LowCardinality(String), String), Resource Map(LowCardinality(String), String),
    INDEX words lower(Name) TYPE text(tokenizer = 'splitByNonAlpha'),
    INDEX keys mapKeys(Own) TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX more_keys mapKeys(Resource) TYPE bloom_filter(0.001) GRANULARITY 1
  ) ENGINE = MergeTree ORDER BY id SETTINGS index_granularity = 1`);
  await engine.clickhouse.run(sql`INSERT INTO spans VALUES
    (1, '2023-01-29 09:20:00.000000000', 'api-server', 'ok', '200', 'GET /a', 1000, 'INFO', map('retries', '3'), map('zone', 'eu')),
    (2, '2023-01-29 09:20:00.000000001', 'auth-service', 'error', '500', 'Get Route By Ids Failed', 500000000, 'ERROR', map('retries', 'many'), map('zone', 'us')),
    (3, '2023-01-29 09:21:00.000000000', '', 'ok', '', '50%', 1500000000, '', map('zone', 'own'), map('zone', 'eu')),
    (4, '2023-01-29 09:22:00.000000000', 'Api-Server', 'error', '503', 'straße\nLINE two', 1500000001, 'PANIC', map(), map()),
    (5, '2023-01-29 09:23:00.000000000', 'web', 'ok', 'OK', '', 0, 'WARN', map('retries', ''), map('retries', '7.0')),
    (6, '2023-01-29 09:24:00.000000000', 'web', 'ok', '0404', '5x%', 7, 'FATAL', map('retries', '1e1'), map())`);
});

afterAll(() => engine.close());

const answerTo = (query: Sql): Promise<unknown[][]> => engine.clickhouse.rows(query, z.array(z.unknown()));

const now = BigInt(Date.parse('2023-01-29T09:24:30Z')) * 1_000_000n;

/** Fields of both signals, so that one table shows all of them. */
function read(text: string): Filter {
  const signal = /\b(level|body)\b/.test(text) ? 'logs' : 'traces';
  const { filter } = resolveFilter(parseFilter(text), { signal, attributes: new Set(), now });
  if (filter === undefined) throw new Error('no filter');
  return filter;
}

async function idsWhere(condition: Sql): Promise<unknown> {
  const [row] = await answerTo(sql`SELECT arraySort(groupArray(id)) FROM spans WHERE ${condition}`);
  return row?.[0];
}

describe('a filter finds', () => {
  test.each<[filter: string, ids: number[]]>([
    // Text compares by bytes, but for the fields whose values have no case.
    ["workload = 'api-server'", [1]],
    ["workload != 'api-server'", [2, 3, 4, 5, 6]],
    ["workload > 'api-server'", [2, 5, 6]],
    ["workload < 'api-server'", [4]],
    ['status = ERROR', [2, 4]],
    ["status != 'Error'", [1, 3, 5, 6]],
    // A missing value is the empty one.
    ["workload = ''", [3]],
    ['workload IS NULL', [3]],
    ['workload IS NOT NULL', [1, 2, 4, 5, 6]],
    ["workload IN ('web', '')", [3, 5, 6]],
    ["workload NOT IN ('web')", [1, 2, 3, 4]],
    ["workload NOT LIKE '%e%'", [3]],
    ["workload LIKE '%'", [1, 2, 4, 5, 6]],
    ["workload =~ '.*'", [1, 2, 4, 5, 6]],
    ["workload !~ 'e'", [3]],
    ["NOT workload LIKE '%e%'", [3]],
    ["workload <= 'zzz'", [1, 2, 4, 5, 6]],
    // A number on the right compares as numbers, a string as strings.
    ['return_code >= 500', [2, 4]],
    ['return_code < 500', [1, 6]],
    ['return_code = 404', [6]],
    ['return_code = "404"', []],
    ["return_code LIKE '5%'", [2, 4]],
    ['return_code != 500', [1, 3, 4, 5, 6]],
    ['NOT return_code >= 500', [1, 3, 5, 6]],
    ['return_code BETWEEN 200 AND 500', [1, 2, 6]],
    ['return_code NOT BETWEEN 200 AND 500', [3, 4, 5]],
    ['return_code IN (200, OK)', [1, 5]],
    // Attributes: the record's own first, then the resource's; an empty one is a missing one.
    ['@zone = eu', [1]],
    ['@zone = own', [3]],
    ['@zone IS NULL', [4, 5, 6]],
    ['@zone != eu', [2, 3, 4, 5, 6]],
    ['@retries > 3', [5, 6]],
    ['@retries = 7', [5]],
    ['@retries = "7"', []],
    ['@retries >= 3 AND @retries <= 7', [1, 5]],
    // LIKE and regular expressions.
    ["operation_name LIKE '50\\%'", [3]],
    ["operation_name LIKE '5_%'", [3, 6]],
    ["operation_name LIKE 'GET%'", [1]],
    ["operation_name ILIKE 'get%'", [1, 2]],
    ["operation_name ILIKE '%STRAẞE%'", [4]],
    ["operation_name LIKE '%straße%two'", [4]],
    ["operation_name =~ 'e.LINE'", [4]],
    ["operation_name =~ '^(?i)get'", [1, 2]],
    ["operation_name =~ '(?m)^LINE'", [4]],
    // Numbers with units, in the unit of the field.
    ['duration > 1000', [2, 3, 4]],
    ['duration >= 1.5s', [3, 4]],
    ['duration = 1500ms', [3]],
    ['duration_ms > 500', [3, 4]],
    ['duration BETWEEN 1us AND 500ms', [1, 2]],
    ['duration IN (7, 1us)', [1, 6]],
    // Severity has an order.
    ['level >= ERROR', [2, 4, 6]],
    ['level < WARNING', [1]],
    ['level > fatal', [4]],
    ['level BETWEEN info AND warn', [1, 5]],
    ['NOT level >= ERROR', [1, 3, 5]],
    // Times keep their nanoseconds.
    ["timestamp > '2023-01-29T09:20:00Z'", [2, 3, 4, 5, 6]],
    ['timestamp <= 1674984000000000001', [1, 2]],
    ['timestamp >= now-90s', [5, 6]],
    ["timestamp = '2023-01-29 09:21'", [3]],
    // Logic.
    ['status = error AND return_code = 500 OR workload = web', [2, 5, 6]],
    ['status = error AND (return_code = 500 OR workload = web)', [2]],
    ['NOT status = error AND NOT workload = web', [1, 3]],
  ])('%s', async (text, ids) => {
    expect(await idsWhere(conditionOf(read(text), table))).toEqual(ids);
  });
});

describe('rows that text instead of a number leaves out', () => {
  test.each<[filter: string, ids: number[]]>([
    ['return_code >= 500', [5]],
    ['return_code >= 500 AND status = error', []],
    ['return_code >= 500 AND workload = web', [5]],
    ['@retries > 3', [2]],
    ['@retries > 3 OR status = error', []],
    ['NOT (return_code != 500 OR @retries != 3)', [2]],
  ])('%s', async (text, ids) => {
    const condition = numericTextExcluded(read(text), table);
    expect(condition && (await idsWhere(condition))).toEqual(ids);
  });
});

describe('indexes', () => {
  const indexed = { ...table, bodyTokens: sql`lower(Name)` };

  async function granules(text: string): Promise<number> {
    const condition = conditionOf(read(text), indexed);
    const plan = await answerTo(sql`EXPLAIN indexes = 1 SELECT id FROM spans WHERE ${condition}`);
    const left = plan.flatMap((line) => [...(/Granules: (\d+)\/\d+/.exec(String(line[0])) ?? [])].slice(1));
    return Number(left.at(-1));
  }

  test('of words are used', async () => {
    expect(await idsWhere(conditionOf(read("body LIKE '%Get Route By%'"), indexed))).toEqual([2]);
    expect(await granules("body LIKE '%Get Route By%'")).toBe(1);
    expect(await granules("body LIKE '%GetRoute%'")).toBe(6);
  });

  test('of the keys of attributes are used', async () => {
    expect(await granules("@retries LIKE '%a%'")).toBe(4);
    expect(await granules('@nowhere > 5')).toBe(0);
  });
});

describe('the largest filters run', () => {
  test.each<[name: string, filter: string]>([
    ['500 conditions', Array.from({ length: 500 }, (_, i) => `@attribute.${i} =~ 'a.${i}'`).join(' OR ')],
    ['50 levels', `${'NOT ('.repeat(25)}@x = 1${')'.repeat(25)}`],
    ['a list of 64 KB', `workload IN (${Array.from({ length: 9000 }, (_, i) => `w${i}`).join(',')})`],
    ['a name of 60 KB', `@"${'\\\\'.repeat(30_000)}" LIKE '%a_'`],
    ['a value of 60 KB', `workload = '${'\0'.repeat(60_000)}'`],
    ['1,000 wildcards', `operation_name ILIKE '${'%é'.repeat(999)}_'`],
    ['a large regular expression', "operation_name =~ '[\\pL\\pN]{1,100}x'"],
  ])('%s', async (_, text) => {
    expect(await idsWhere(conditionOf(read(text), table))).toBeInstanceOf(Array);
  });
});
