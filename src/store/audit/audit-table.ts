import { z } from 'zod';
import { type AuditOutcome, type AuditRecord, auditOutcomes } from '../../observe/audit.ts';
import type { Window } from '../../telemetry/window.ts';
import type { ClickHouse, QueryOptions } from '../clickhouse.ts';
import { join, type Sql, sql } from '../sql/sql.ts';
import { auditBlock } from './audit-rows.ts';

/** Which records are meant; what is absent limits nothing. */
export interface AuditSelection {
  readonly window: Window;
  readonly keyId?: string | undefined;
  readonly action?: string | undefined;
  readonly outcome?: AuditOutcome | undefined;
  /** 1 or more. */
  readonly limit: number;
}

export interface AuditPage {
  /** Newest first. */
  readonly records: readonly AuditRecord[];
  readonly hasMore: boolean;
}

/** The table of audit records. Every method rejects with a `StoreError`. */
export class AuditTable {
  readonly #clickhouse: ClickHouse;
  readonly #table: Sql;

  constructor(clickhouse: ClickHouse, table: Sql) {
    this.#clickhouse = clickhouse;
    this.#table = table;
  }

  /** Resolves when the records are durable. Those of one token are stored once. */
  async insert(records: readonly AuditRecord[], token: string, signal: AbortSignal): Promise<void> {
    await this.#clickhouse.insert(this.#table, auditBlock(records), { deduplicationToken: token, signal });
  }

  async read({ limit, ...selection }: AuditSelection, options: QueryOptions): Promise<AuditPage> {
    const rows = await this.#clickhouse.rows(
      sql`SELECT toUnixTimestamp64Milli(Time), KeyId, KeyName, Action, Query, toString(WindowFrom), toString(WindowTo), Rows, DurationMs, Outcome FROM ${this.#table} WHERE ${conditions(selection)} ORDER BY Time DESC, KeyId, Action, Query LIMIT ${limit + 1}`,
      row,
      options,
    );
    return { records: rows.slice(0, limit), hasMore: rows.length > limit };
  }
}

function conditions({ window, keyId, action, outcome }: Omit<AuditSelection, 'limit'>): Sql {
  const equal: readonly (readonly [Sql, string | undefined])[] = [
    [sql`KeyId`, keyId],
    [sql`Action`, action],
    [sql`Outcome`, outcome],
  ];
  return join(
    [
      sql`Time >= fromUnixTimestamp64Milli(${upToMilli(window.from)}) AND Time < fromUnixTimestamp64Milli(${upToMilli(window.to)})`,
      ...equal.flatMap(([column, value]) => (value === undefined ? [] : [sql`${column} = ${value}`])),
    ],
    ' AND ',
  );
}

/** The first whole millisecond at or after a time in ns: times of records are whole. */
const upToMilli = (ns: bigint): bigint => (ns + 999_999n) / 1_000_000n;

const ns = z.union([z.null(), z.coerce.bigint()]);
const row = z
  .tuple([
    z.coerce.number(),
    z.string(),
    z.string(),
    z.string(),
    z.string(),
    ns,
    ns,
    z.union([z.null(), z.coerce.number()]),
    z.number(),
    z.enum(auditOutcomes),
  ])
  .transform(
    ([time, keyId, keyName, action, query, from, to, rows, durationMs, outcome]): AuditRecord => ({
      time,
      keyId,
      keyName,
      action,
      query,
      ...(from !== null && to !== null && { window: { from, to } }),
      ...(rows !== null && { rows }),
      durationMs,
      outcome,
    }),
  );
