import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addressOf } from '../../../test/support/store.ts';
import { createLog } from '../../observe/log.ts';
import { type Engine, startEngine } from './engine.ts';

let dataDir: string;
let engine: Engine;
let client: ClickHouseClient;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'engine-'));
  engine = await startEngine({ dataDir, log: createLog('silent') });
  client = createClient({ ...addressOf(engine), log: { level: ClickHouseLogLevel.OFF } });
});

afterAll(async () => {
  await client.close();
  await engine.close();
  await rm(dataDir, { recursive: true, force: true });
});

type Settings = Record<string, string | number>;

async function rows(query: string, settings: Settings = {}, parameters: Record<string, unknown> = {}) {
  const result = await client.query({
    query,
    format: 'JSONCompactEachRow',
    clickhouse_settings: settings,
    query_params: parameters,
  });
  return result.json<unknown[]>();
}

/** The result in any format, as bytes. */
async function bytes(query: string, settings: Settings = {}): Promise<Buffer> {
  const { stream } = await client.exec({ query, clickhouse_settings: settings });
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const authorized = () => ({
  'X-ClickHouse-User': addressOf(engine).username,
  'X-ClickHouse-Key': addressOf(engine).password,
});

async function post(
  path: string,
  body: string | Uint8Array<ArrayBuffer> | undefined,
  headers: Record<string, string> = authorized(),
) {
  const response = await fetch(addressOf(engine).url + path, {
    method: 'POST',
    headers,
    ...(body === undefined ? {} : { body }),
  });
  return {
    status: response.status,
    code: response.headers.get('x-clickhouse-exception-code'),
    text: await response.text(),
  };
}

describe('queries', () => {
  test('64-bit numbers keep their digits, unless told otherwise', async () => {
    expect(await rows('SELECT 18446744073709551615')).toEqual([['18446744073709551615']]);
    expect(await rows('SELECT 5::UInt64', { output_format_json_quote_64bit_integers: 0 })).toEqual([[5]]);
  });

  test('parameters arrive as they were sent', async () => {
    const text = `it's "quoted" \\ \\' \`x\` {y:String} ; -- /* 😀 \n\t\r end`;
    const parameters = { text, list: ['a', "b'", '\\'], number: 42, nothing: null };
    const query = 'SELECT {text:String}, {list:Array(String)}, {number:UInt8}, {nothing:Nullable(String)}';
    expect(await rows(query, {}, parameters)).toEqual([[text, ['a', "b'", '\\'], 42, null]]);
  });

  test('a parameter of one request is unknown to the next', async () => {
    await rows('SELECT {secret:String}', {}, { secret: 'x' });
    for (let i = 0; i < 6; i += 1)
      await expect(rows('SELECT {secret:String}')).rejects.toMatchObject({ code: '456' });
  });

  test('the time zone is UTC, or the one that is asked for', async () => {
    const query =
      "SELECT toString(toDateTime('2024-01-01 00:00:00', 'UTC')), toUnixTimestamp(toDateTime('2024-01-01 00:00:00'))";
    expect(await rows(query)).toEqual([['2024-01-01 00:00:00', 1_704_067_200]]);
    expect(await rows(query, { session_timezone: 'Asia/Tokyo' })).toEqual([
      ['2024-01-01 00:00:00', 1_704_034_800],
    ]);
  });

  test('a setting of one request is unknown to the next', async () => {
    const query = "SELECT getSetting('max_block_size')";
    expect(await rows(query, { max_block_size: '7' })).toEqual([[7]]);
    for (let i = 0; i < 6; i += 1) expect(await rows(query)).not.toEqual([[7]]);
  });

  test.each([
    ["SHOW TABLES FROM system LIKE 'one'", [['one']]],
    ['EXISTS TABLE system.one', [[1]]],
    ['DESCRIBE TABLE system.one', [['dummy', 'UInt8', '', '', '', '', '']]],
    ['(SELECT 1) UNION ALL (SELECT 1)', [[1], [1]]],
    ['FROM system.one SELECT dummy', [[0]]],
  ])('%s', async (query, expected) => {
    expect(await rows(query)).toEqual(expected);
  });

  test('a database other than the default one', async () => {
    await client.command({ query: 'CREATE DATABASE other' });
    await client.command({ query: 'CREATE TABLE other.t (a Int32) ENGINE = MergeTree ORDER BY a' });
    const there = createClient({ ...addressOf(engine), database: 'other' });
    await there.insert({ table: 't', values: [{ a: 7 }], format: 'JSONEachRow' });
    const result = await there.query({ query: 'SELECT a FROM t', format: 'JSONEachRow' });
    expect(await result.json()).toEqual([{ a: 7 }]);
    await there.close();
  });

  test('what is in the body follows what is in the URL', async () => {
    expect(await post(`/?query=${encodeURIComponent('SELECT 1,')}`, '2 FORMAT CSV')).toMatchObject({
      status: 200,
      text: '1,2\n',
    });
    expect(await post('/?default_format=JSONCompactEachRow', 'SELECT 1')).toMatchObject({ text: '[1]\n' });
    expect(await post('/', 'SELECT 1')).toMatchObject({ text: '1\n' });
  });
});

describe('errors', () => {
  test.each([
    ['SELEC 1', '48', 'NOT_IMPLEMENTED', 501],
    ['SELECT (1', '62', 'SYNTAX_ERROR', 400],
    ['SELECT 1; SELECT 2', '62', 'SYNTAX_ERROR', 400],
    ['SELECT * FROM nosuch', '60', 'UNKNOWN_TABLE', 404],
    ['SELECT nosuch', '47', 'UNKNOWN_IDENTIFIER', 404],
    ["SELECT throwIf(1, 'custom')", '395', 'FUNCTION_THROW_IF_VALUE_IS_NON_ZERO', 500],
    ['SELECT 1 SETTINGS max_threads = 4', '164', 'READONLY', 500],
    ["SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'a String')", '164', 'READONLY', 500],
    ["SELECT file('/etc/hostname')", '497', 'ACCESS_DENIED', 403],
    ["SELECT 1 INTO OUTFILE '/tmp/out'", '497', 'ACCESS_DENIED', 403],
  ])('%s', async (query, code, type, status) => {
    await expect(rows(query)).rejects.toMatchObject({ code, type });
    expect(await post('/', query)).toMatchObject({ status, code });
  });

  test('one within a result that streams is a typed error in JSON', async () => {
    const query = 'SELECT number, throwIf(number = 900000) FROM numbers(2000000)';
    await expect(rows(query)).rejects.toMatchObject({ code: '395' });
  });

  test.each(['RowBinary', 'CSV', 'Native', 'TSVWithNames'])(
    'one within %s cuts the connection',
    async (format) => {
      await expect(
        bytes(`SELECT number, throwIf(number = 900000) FROM numbers(2000000) FORMAT ${format}`),
      ).rejects.toThrow('aborted');
    },
  );

  test('with wait_end_of_query it comes before the result', async () => {
    const query = 'SELECT number, throwIf(number = 900000) FROM numbers(2000000) FORMAT CSV';
    await expect(bytes(query, { wait_end_of_query: 1 })).rejects.toMatchObject({ code: '395' });
  });

  test('it leaves nothing behind for the next', async () => {
    for (let i = 0; i < 12; i += 1) {
      await expect(rows('SELECT number, throwIf(number = 300000) FROM numbers(400000)')).rejects.toThrow();
      expect(await rows(`SELECT ${i}`)).toEqual([[i]]);
    }
  });
});

describe('the HTTP interface', () => {
  test('only the right user with the right password gets in', async () => {
    const { username, password } = addressOf(engine);
    const basic = (text: string) => ({ Authorization: `Basic ${Buffer.from(text).toString('base64')}` });
    expect(await post('/', 'SELECT 1', basic(`${username}:${password}`))).toMatchObject({ status: 200 });
    expect(await post(`/?user=${username}&password=${password}`, 'SELECT 1', {})).toMatchObject({
      status: 200,
    });
    for (const headers of [
      {},
      basic(`${username}:`),
      basic(`:${password}`),
      basic(`${username}:${password}x`),
    ]) {
      expect(await post('/', 'SELECT 1', headers)).toMatchObject({ status: 403, code: '516' });
    }
    expect(await post('/other', '', {})).toMatchObject({ status: 403 });
  });

  test('/ping needs no password, any other path is unknown', async () => {
    expect(await client.ping()).toEqual({ success: true });
    expect(await post('/ping', undefined, {})).toMatchObject({ status: 200, text: 'Ok.\n' });
    expect(await post('/other', '')).toMatchObject({ status: 404 });
  });

  test('GET reads only', async () => {
    const get = async (query: string) => {
      const url = `${addressOf(engine).url}/?query=${encodeURIComponent(query)}`;
      const response = await fetch(url, { headers: authorized() });
      return { status: response.status, text: await response.text() };
    };
    expect(await get('SELECT 1')).toEqual({ status: 200, text: '1\n' });
    expect(await get('CREATE TABLE x (a Int32) ENGINE = Memory')).toMatchObject({
      status: 500,
      text: expect.stringMatching('^Code: 164'),
    });
    expect(await get('INSERT INTO x VALUES (1)')).toMatchObject({
      status: 500,
      text: expect.stringMatching('^Code: 164'),
    });
  });

  test.each([
    ['/?nosuch=1', 'SELECT 1', 404, '115'],
    ['/?session_id=1', 'SELECT 1', 501, '48'],
    ['/?param_a%20b=1', 'SELECT 1', 400, '36'],
    ['/?max_execution_time=soon', 'SELECT 1', 400, '36'],
    ['/', new Uint8Array([0x53, 0xff]), 400, '36'],
    ['/', 'SELECT 1\0', 400, '62'],
    ['/', '', 400, '62'],
  ])('%s with %j is refused', async (path, body, status, code) => {
    expect(await post(path, body)).toMatchObject({ status, code });
  });

  test('a query may be compressed, but only with gzip', async () => {
    const compressing = createClient({
      ...addressOf(engine),
      compression: { request: true, response: true },
    });
    const result = await compressing.query({ query: 'SELECT 1 AS a', format: 'JSONEachRow' });
    expect(await result.json()).toEqual([{ a: 1 }]);
    await compressing.close();
    const damaged = { ...authorized(), 'Content-Encoding': 'gzip' };
    expect(await post('/', 'no gzip', damaged)).toMatchObject({ status: 400, code: '36' });
    expect(await post('/', 'x', { ...authorized(), 'Content-Encoding': 'br' })).toMatchObject({
      status: 415,
      code: '779',
    });
  });

  test('a query that is too long is refused while it arrives', async () => {
    const answered = new Promise<number | undefined>((resolve, reject) => {
      const sent = request(
        `${addressOf(engine).url}/`,
        { method: 'POST', headers: authorized() },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      );
      sent.on('error', reject);
      const megabyte = ' '.repeat(1024 * 1024);
      for (let i = 0; i < 17; i += 1) sent.write(megabyte);
    });
    expect(await answered).toBe(413);
  });

  test('the id of a query comes back', async () => {
    const { query_id } = await client.query({ query: 'SELECT 1', format: 'CSV', query_id: 'my-query.1' });
    expect(query_id).toBe('my-query.1');
  });
});
