import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { query } from 'chdb';
import { type Column, rowColumns } from '../../src/store/rows/columns.ts';
import type { Signal } from '../../src/telemetry/fields.ts';

/** Reads rows of logs or spans with ClickHouse. Times and 64-bit integers come as strings of digits, maps as objects. */
export function readRows(signal: Signal, bytes: Uint8Array): Record<string, unknown>[] {
  return readRowBinary(rowColumns[signal], bytes);
}

/** The same for rows of any columns. */
export function readRowBinary(columns: readonly Column[], bytes: Uint8Array): Record<string, unknown>[] {
  const folder = mkdtempSync(join(tmpdir(), 'rows-'));
  const file = join(folder, 'rows.bin');
  try {
    writeFileSync(file, bytes);
    const structure = columns.map(({ type }, i) => `c${i} ${type}`).join(', ');
    const values = columns.map(({ type }, i) => readable(`c${i}`, type)).join(', ');
    const text = query(
      `SELECT ${values} FROM file('${file}', 'RowBinary', '${structure}') SETTINGS output_format_json_quote_64bit_integers = 1`,
      'JSONCompactEachRow',
    );
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const row: unknown[] = JSON.parse(line);
        return Object.fromEntries(columns.map(({ name }, i) => [name, row[i]]));
      });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readable(column: string, type: string): string {
  if (type === 'DateTime64(9)') return `toUnixTimestamp64Nano(${column})`;
  if (type === 'DateTime64(3)') return `toUnixTimestamp64Milli(${column})`;
  if (type === 'Array(DateTime64(9))') return `arrayMap(x -> toUnixTimestamp64Nano(x), ${column})`;
  return column;
}
