import type { AuditRecord } from '../../observe/audit.ts';
import type { Block } from '../clickhouse.ts';
import { RowBinaryWriter } from '../rows/row-binary-writer.ts';

const columns = [
  'Time',
  'KeyId',
  'KeyName',
  'Action',
  'Query',
  'WindowFrom',
  'WindowTo',
  'Rows',
  'DurationMs',
  'Outcome',
];

/** Audit records as rows of their table. */
export function auditBlock(records: readonly AuditRecord[]): Block {
  const writer = new RowBinaryWriter(64 * 1024);
  for (const record of records) {
    writer.safeInt64(record.time);
    writer.string(record.keyId);
    writer.string(record.keyName);
    writer.string(record.action);
    writer.string(record.query);
    nullable(writer, record.window?.from, (from) => writer.int64(from));
    nullable(writer, record.window?.to, (to) => writer.int64(to));
    nullable(writer, record.rows, (rows) => writer.uint64(BigInt(rows)));
    writer.float64(record.durationMs);
    writer.string(record.outcome);
  }
  return { rows: records.length, bytes: writer.view(0, writer.length), columns };
}

/** A byte says whether there is no value. */
function nullable<T>(writer: RowBinaryWriter, value: T | undefined, write: (value: T) => void): void {
  writer.uint8(value === undefined ? 1 : 0);
  if (value !== undefined) write(value);
}
