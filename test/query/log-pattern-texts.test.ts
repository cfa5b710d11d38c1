import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Queries } from '../../src/query/queries.ts';
import { join, sql } from '../../src/store/sql/sql.ts';
import type { Store } from '../../src/store/store.ts';
import { startTestEngine, type TestEngine } from '../support/store.ts';
import { call, openQueries } from './fixture.ts';

/** 2026-01-02T03:00:00Z, ns. */
const start = 1_767_322_800_000_000_000n;
const second = 1_000_000_000n;
const at = (seconds: number): bigint => start + BigInt(Math.round(seconds * 1000)) * 1_000_000n;

let engine: TestEngine;
let store: Store;
let queries: Queries;

beforeAll(async () => {
  engine = await startTestEngine();
  ({ store, queries } = await openQueries(engine, { now: () => start + 86_400n * second }));
}, 60_000);
afterAll(() => engine.close());

interface StoredLog {
  readonly at: bigint;
  readonly body: string;
}

async function insert(service: string, logs: readonly StoredLog[]): Promise<void> {
  await engine.clickhouse.run(
    sql`INSERT INTO ${store.table('logs')?.name ?? sql``} (Timestamp, ServiceName, Body) VALUES ${join(
      logs.map(({ at, body }) => sql`(fromUnixTimestamp64Nano(${at}), ${service}, ${body})`),
      ', ',
    )}`,
  );
}

/** The pattern of each body, which has a service of its own. */
async function patternsOf(service: string, bodies: readonly string[]) {
  const found: { template: string; example: string; exampleRest: number }[] = [];
  for (const [i, body] of bodies.entries()) await insert(`${service}-${i}`, [{ at: at(i), body }]);
  for (const i of bodies.keys()) {
    const request = {
      fromTime: String(start),
      toTime: String(at(3600)),
      filters: `service = '${service}-${i}'`,
    };
    const [pattern] = (await queries.logPatterns(request, call())).patterns;
    if (pattern !== undefined) found.push(pattern);
  }
  return found;
}

const statuses: readonly (readonly [body: string, template: string])[] = [
  [
    '10.0.0.1 - - [02/Jan/2026:03:00:00 +0000] "GET /a HTTP/1.1" 502 157 "-" "curl/8"',
    '<*> - - [<*> +<*>] "GET /a HTTP/<*>" 5xx <*> "-" "curl/<*>"',
  ],
  [
    '[2026-01-02T03:00:00.000Z] "POST /a HTTP/2" 503 UF upstream_reset - "-" 0 91 12',
    '[<*>] "POST /a HTTP/<*>" 5xx UF upstream_reset - "-" <*>',
  ],
  ['got "GET /ws HTTP/1.1" 101 0', 'got "GET /ws HTTP/<*>" 1xx <*>'],
  ['{"log":"\\"GET /a HTTP/1.1\\" 404 12"}', '{"log":"\\"GET /a HTTP/<*>\\" 4xx <*>"}'],
  ['level=info msg=served status=500 took=3ms', 'level=info msg=served status=5xx took=<*>'],
  ['http_status_code=204 size=0', 'http_status_code=2xx size=<*>'],
  ['{"status":500,"took":12}', '{"status":5xx,"took":<*>}'],
  ['{"response_code": "503", "flags":"UH"}', '{"response_code": "5xx", "flags":"UH"}'],
  ['{"OriginStatus":304,"n":1}', '{"OriginStatus":3xx,"n":<*>}'],
  ["answer {'statusCode': 429}", "answer {'statusCode': 4xx}"],
  ['GET /cart 500 12.3 ms - 157', 'GET /cart 5xx <*> ms - <*>'],
  ['GET /cart -> 500 in 3 ms', 'GET /cart -> 5xx in <*> ms'],
  ['[GIN] 2026/01/02 - 03:00:00 | 500 |  1.2ms | GET "/a"', '[GIN] <*> - <*> | 5xx |  <*> | GET "/a"'],
  ['upstream answered HTTP 504', 'upstream answered HTTP 5xx'],
  ['request failed with status code 500', 'request failed with status code 5xx'],
  ['error code: 404 for a', 'error code: 4xx for a'],
  // No status of HTTP.
  ['command failed: exit status 137', 'command failed: exit status <*>'],
  ['container died, exit code: 255', 'container died, exit code: <*>'],
  ['gRPC answered code=14', 'gRPC answered code=<*>'],
  ['read 500 rows in 404 ms', 'read <*> rows in <*> ms'],
  ['status=500ms of lag', 'status=<*> of lag'],
  ['SQL error code: 1045', 'SQL error code: <*>'],
];

test('a status is known by its class where logs have one', async () => {
  const found = await patternsOf(
    'status',
    statuses.map(([body]) => body),
  );
  expect(found.map(({ template }) => template)).toEqual(statuses.map(([, template]) => template));
});

test('what is only the beginning has a mark, and how much is missing', async () => {
  const words = 'lorem ipsum '.repeat(60);
  const found = await patternsOf('long', [
    'failed: no route\n\tat com.example.A(A.java:7)',
    'ended with a line break\r\n\n',
    words,
    `${'ж'.repeat(299)} ${'ж'.repeat(9)}`,
    `${'lorem '.repeat(83_333)}at`,
    'y'.repeat(301),
  ]);
  expect(
    found.map(({ template, example, exampleRest }) => [template, [...example].length, exampleRest]),
  ).toEqual([
    ['failed: no route…', 44, 0],
    ['ended with a line break', 26, 0],
    [`${'lorem ipsum '.repeat(25)}…`, 720, 0],
    [`${'ж'.repeat(299)} …`, 309, 0],
    // 2,001 characters are read; the last blank among them is the 1,998th.
    [`${'lorem '.repeat(50)}…`, 1997, 500_000 - 1997],
    // One word, of which nobody knows what it is.
    ['…', 301, 0],
  ]);
});

/** An access log of one service: each half second a request, and errors in a share of them. */
const accessLog = (from: number, to: number, failing: (i: number) => boolean): StoredLog[] =>
  Array.from({ length: (to - from) * 2 }, (_, i) => ({
    at: at(from + i / 2),
    body: `10.0.0.${i % 250} - - [02/Jan/2026:03:00:00 +0000] "GET /checkout HTTP/1.1" ${failing(i) ? 500 : 200} ${100 + (i % 37)}`,
  }));

describe('a wave of 500s in access logs without a level', () => {
  const template = '<*> - - [<*> +<*>] "GET /checkout HTTP/<*>" 5xx <*>';
  const incident = {
    fromTime: String(at(14_400)),
    toTime: String(at(15_000)),
    baselineFrom: String(at(13_800)),
    baselineTo: String(at(14_400)),
  };
  beforeAll(async () => {
    await insert('shop', [
      ...accessLog(13_800, 14_400, () => false),
      ...accessLog(14_400, 15_000, (i) => i >= 300 && i % 3 === 0),
    ]);
  });

  test('is found by its pattern', async () => {
    const found = await queries.logPatterns(incident, call());
    const [first] = found.patterns;
    expect(first).toMatchObject({
      template,
      window: { rows: 300 },
      baseline: { rows: 0 },
      change: { change: 'new', significant: true },
    });
    // A quarter fewer are answered well, which is too little for a change.
    expect(found.patterns.slice(1).map(({ change }) => change?.significant)).toEqual([false]);
  });

  test('is found by a comparison of windows', async () => {
    const { changes } = await queries.compareWindows(incident, call());
    expect(changes).toContainEqual(
      expect.objectContaining({ kind: 'lines', workload: 'shop', subject: template, before: 0, after: 30 }),
    );
  });
});
