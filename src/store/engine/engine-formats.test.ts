import { mkdtemp, rm } from 'node:fs/promises';
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
  dataDir = await mkdtemp(join(tmpdir(), 'engine-formats-'));
  engine = await startEngine({ dataDir, log: createLog('silent') });
  client = createClient({ ...addressOf(engine), log: { level: ClickHouseLogLevel.OFF } });
});

afterAll(async () => {
  await client.close();
  await engine.close();
  await rm(dataDir, { recursive: true, force: true });
});

/** The result in any format, as bytes. */
async function bytes(query: string): Promise<Buffer> {
  const { stream } = await client.exec({ query });
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** More rows than chDB puts into one chunk of a stream. */
const manyRows = 200_000;

describe('formats, when a result comes in several chunks', () => {
  const query = `SELECT toUInt32(number) AS n, toString(number) AS s FROM numbers(${manyRows})`;
  const numbers = Array.from({ length: manyRows }, (_, n) => n);

  test('JSON is one document', async () => {
    const result = await client.query({ query, format: 'JSON' });
    const { rows: count, data } = await result.json<{ n: number; s: string }>();
    expect(count).toBe(manyRows);
    expect(data.map(({ n }) => n)).toEqual(numbers);
  });

  test('JSONEachRow', async () => {
    const result = await client.query({ query, format: 'JSONEachRow' });
    expect((await result.json<{ n: number }>()).map(({ n }) => n)).toEqual(numbers);
  });

  test.each([
    ['JSONCompactEachRowWithNames', '["n", "s"]\n'],
    ['JSONCompactEachRowWithNamesAndTypes', '["n", "s"]\n["UInt32", "String"]\n'],
    ['TabSeparatedWithNames', 'n\ts\n'],
    ['TSVWithNamesAndTypes', 'n\ts\nUInt32\tString\n'],
    ['CSVWithNames', '"n","s"\n'],
    ['CSVWithNamesAndTypes', '"n","s"\n"UInt32","String"\n'],
  ])('%s has its header once', async (format, header) => {
    const text = (await bytes(`${query} FORMAT ${format}`)).toString();
    const row = {
      J: (n: number) => `[${n}, "${n}"]`,
      T: (n: number) => `${n}\t${n}`,
      C: (n: number) => `${n},"${n}"`,
    };
    const formatRow = row[format.startsWith('J') ? 'J' : format.startsWith('T') ? 'T' : 'C'];
    expect(text === `${header}${numbers.map(formatRow).join('\n')}\n`).toBe(true);
  });

  test.each([
    ['RowBinary', ''],
    ['RowBinaryWithNames', '\x02\x01n\x01s'],
    ['RowBinaryWithNamesAndTypes', '\x02\x01n\x01s\x06UInt32\x06String'],
  ])('%s has its header once', async (format, header) => {
    const expected = Buffer.concat([
      Buffer.from(header, 'latin1'),
      ...numbers.map((n) => {
        const text = String(n);
        const row = Buffer.alloc(5 + text.length);
        row.writeUInt32LE(n);
        row.writeUInt8(text.length, 4);
        row.write(text, 5);
        return row;
      }),
    ]);
    expect((await bytes(`${query} FORMAT ${format}`)).equals(expected)).toBe(true);
  });

  test('a header is there without a row too', async () => {
    expect((await bytes('SELECT 1 AS a WHERE 0 FORMAT TSVWithNames')).toString()).toBe('a\n');
    expect((await bytes('SELECT 1 AS a WHERE 0 FORMAT RowBinaryWithNames')).toString('latin1')).toBe(
      '\x01\x01a',
    );
  });

  test('totals come behind the rows', async () => {
    const totals =
      'SELECT number % 2 AS a, count() FROM numbers(6) GROUP BY a WITH TOTALS ORDER BY a FORMAT TSV';
    expect((await bytes(totals)).toString()).toBe('0\t3\n1\t3\n\n0\t6\n');
  });
});
