import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { startTestEngine, type TestEngine } from '../../../test/support/store.ts';
import { sql } from '../sql/sql.ts';
import { type NativeBlock, type NativeColumn, NativeFormatError, ofKind, textsOf } from './native-column.ts';
import { NativeDecoder } from './native-decoder.ts';

/** A column as plain values, copied: numbers as text, NaNs by their bits. */
function plain(column: NativeColumn): unknown {
  switch (column.kind) {
    case 'numbers':
      return Array.from(column.values, String);
    case 'bytes':
      return textsOf(column);
    case 'dictionary': {
      const values = plain(column.values);
      return Array.from(column.indices, (index) => (Array.isArray(values) ? values[index] : undefined));
    }
    case 'lists':
      return cut(column.ends, plain(column.items));
    case 'maps': {
      const keys = plain(column.keys);
      const values = plain(column.values);
      return [cut(column.ends, keys), cut(column.ends, values)];
    }
  }
}

function cut(ends: Uint32Array, items: unknown): unknown[] {
  return Array.from(ends, (end, i) =>
    Array.isArray(items) ? items.slice(ends[i - 1] ?? 0, end) : undefined,
  );
}

const plainBlock = (block: NativeBlock): unknown => ({ rows: block.rows, columns: block.columns.map(plain) });

function decode(chunks: Iterable<Uint8Array>): unknown[] {
  const decoder = new NativeDecoder();
  const blocks: unknown[] = [];
  for (const chunk of chunks) for (const block of decoder.push(chunk)) blocks.push(plainBlock(block));
  decoder.end();
  return blocks;
}

const countRow = z.tuple([z.string()]);

let engine: TestEngine;
beforeAll(async () => {
  engine = await startTestEngine();
});
afterAll(() => engine.close());

/** The bytes of a result, as the engine sends them. */
async function nativeBytes(query: string): Promise<Buffer> {
  const address = engine.engine.address;
  if (address === undefined) throw new Error('the engine is not ready');
  const { url, username, password } = address;
  const response = await fetch(`${url}/?max_block_size=2`, {
    method: 'POST',
    headers: { 'X-ClickHouse-User': username, 'X-ClickHouse-Key': password },
    body: `${query} FORMAT Native`,
  });
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

const everyType = `SELECT
  toUInt8(number), toUInt16(number * 300), toUInt32(number * 70000), number + 18446744073709551000,
  toInt8(-number), toInt16(-number * 300), toInt32(-number * 70000), -toInt64(number) * 5000000000,
  toFloat32(number / 4), number / 3, toDate(number), toDateTime(number * 1000, 'UTC'),
  toDateTime64(number / 8, 3, 'UTC'), number % 2 = 0, repeat('é', number * 60), toLowCardinality(toString(number % 2)),
  toLowCardinality(number % 2), [number, 1], CAST(map('a', toString(number)), 'Map(LowCardinality(String), String)'),
  CAST([], 'Array(LowCardinality(String))')
FROM numbers(3)`;

const everyValue = [
  {
    rows: 2,
    columns: [
      ['0', '1'],
      ['0', '300'],
      ['0', '70000'],
      ['18446744073709551000', '18446744073709551001'],
      ['0', '-1'],
      ['0', '-300'],
      ['0', '-70000'],
      ['0', '-5000000000'],
      ['0', '0.25'],
      ['0', '0.3333333333333333'],
      ['0', '1'],
      ['0', '1000'],
      ['0', '125'],
      ['1', '0'],
      ['', 'é'.repeat(60)],
      ['0', '1'],
      ['0', '1'],
      [
        ['0', '1'],
        ['1', '1'],
      ],
      [
        [['a'], ['a']],
        [['0'], ['1']],
      ],
      [[], []],
    ],
  },
  {
    rows: 1,
    columns: [
      ['2'],
      ['600'],
      ['140000'],
      ['18446744073709551002'],
      ['-2'],
      ['-600'],
      ['-140000'],
      ['-10000000000'],
      ['0.5'],
      ['0.6666666666666666'],
      ['2'],
      ['2000'],
      ['250'],
      ['1'],
      ['é'.repeat(120)],
      ['0'],
      ['0'],
      [['2', '1']],
      [[['a']], [['2']]],
      [[]],
    ],
  },
];

describe('the decoder of Native', () => {
  test('reads what the engine writes, whatever chunks it comes in', async () => {
    const bytes = await nativeBytes(everyType);
    expect(decode([bytes])).toEqual(everyValue);
    expect(decode(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(everyValue);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 20 }), (places) => {
        const ends = [...new Set([...places, bytes.length])].sort((a, b) => a - b);
        expect(decode(ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end)))).toEqual(everyValue);
      }),
      { numRuns: 200 },
    );
  });

  test('keeps the bits of a NaN', async () => {
    const bytes = await nativeBytes('SELECT reinterpretAsFloat64(9218868437227405314)');
    const decoder = new NativeDecoder();
    const bits: bigint[] = [];
    for (const { columns } of decoder.push(bytes)) {
      const { values } = ofKind(columns[0], 'numbers');
      bits.push(new BigUint64Array(values.buffer, values.byteOffset, 1)[0] ?? 0n);
    }
    expect(bits).toEqual([0x7ff0000000000002n]);
  });

  test('gives no block for an empty result', async () => {
    expect(decode([await nativeBytes('SELECT number FROM numbers(0)')])).toEqual([]);
  });

  test('names a type that it can not read', async () => {
    const bytes = await nativeBytes("SELECT toUUID('00000000-0000-0000-0000-000000000000')");
    expect(() => decode([bytes])).toThrow(
      new NativeFormatError("a column of a result has the type UUID, which can't be decoded"),
    );
  });

  test('refuses a result that is cut, anywhere', async () => {
    const bytes = await nativeBytes("SELECT number, toString(number), toLowCardinality('x') FROM numbers(2)");
    for (let end = 1; end < bytes.length; end++) {
      expect(() => decode([bytes.subarray(0, end)])).toThrow('a result ends within a block');
    }
  });

  test.each([
    ['rows', [1, 0xff, 0xff, 0xff, 0xff, 0x7f]],
    ['columns', [0xff, 0xff, 0x7f, 1]],
    ['a name', [1, 1, 0xff, 0xff, 0xff, 0x7f]],
    ['a number that does not end', new Array(20).fill(0xff)],
    ['a text', [1, 1, 1, 97, 6, ...Buffer.from('String'), 0xff, 0xff, 0xff, 0xff, 0x7f]],
  ])('refuses a length of %s past what can be', (_, bytes) => {
    expect(() => decode([Uint8Array.from(bytes)])).toThrow(NativeFormatError);
  });
});

describe('blocks of a query', () => {
  test('arrive as they are read, and end the query when they are not wanted', async () => {
    let rows = 0;
    const enough = new RangeError('enough');
    const reading = engine.clickhouse.blocks(sql`SELECT number FROM system.numbers`, (block) => {
      rows += block.rows;
      if (rows > 1_000_000) throw enough;
    });
    await expect(reading).rejects.toMatchObject({ cause: enough });
    await expect
      .poll(() =>
        engine.clickhouse.rows(
          sql`SELECT count() FROM system.processes WHERE query LIKE '%system.numbers%' AND query NOT LIKE '%processes%'`,
          countRow,
        ),
      )
      .toEqual([['0']]);
  });

  test('end with the error that comes in the middle of them', async () => {
    let rows = 0;
    const reading = engine.clickhouse.blocks(
      sql`SELECT throwIf(number = 3000000, 'late') FROM numbers(4000000)`,
      (block) => {
        rows += block.rows;
      },
    );
    await expect(reading).rejects.toThrow(/late/);
    expect(rows).toBeGreaterThan(0);
  });

  test('end when the caller gives up', async () => {
    const controller = new AbortController();
    const reading = engine.clickhouse.blocks(
      sql`SELECT number FROM system.numbers`,
      () => controller.abort(),
      { signal: controller.signal },
    );
    await expect(reading).rejects.toMatchObject({ kind: 'aborted' });
  });
});
