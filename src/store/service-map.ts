import { z } from 'zod';
import type { CallStatistics, MapNode, ServedSpans, UnservedSpans } from '../telemetry/service-map.ts';
import type { Window } from '../telemetry/window.ts';
import type { ClickHouse, QueryOptions } from './clickhouse.ts';
import type { SignalTable } from './schema/signal-table.ts';
import { fieldOf } from './sql/field.ts';
import { rowsIn, type Selection } from './sql/rows-in.ts';
import { join, type Sql, sql } from './sql/sql.ts';

/**
 * The two sides of a call start within this time, ns: so the spans of one side in the window need only be
 * joined to those of the other side around it.
 */
export const longestBetween = 600_000_000_000n;

/** Kinds of edges that are read; more are no map. */
export const mostEdges = 5_000;

/** The parts of `server` and `client` that are addresses of single hosts say nothing of workloads. */
const address = '^[0-9a-fA-F.:]*$';

const numbers = [
  z.coerce.number(),
  z.coerce.number(),
  z.number().nullable(),
  z.number().nullable(),
  z.number().nullable(),
  z.number().nullable(),
] as const;

const node = z
  .tuple([z.string(), z.string(), z.string()])
  .transform(([cluster, namespace, workload]): MapNode => ({ cluster, namespace, workload }));

/**
 * Server and consumer spans of the selection, by their own workload and that of their parent. A parent that
 * the scope hides counts as not recorded.
 */
export async function servedSpans(
  clickhouse: ClickHouse,
  table: SignalTable,
  selection: Selection,
  options: QueryOptions,
): Promise<{ readonly spans: readonly ServedSpans[]; readonly total: number }> {
  const { window, scope } = selection;
  const peer = fieldOf(table, 'client');
  const served = sql`SELECT ${idOf(table, 'parent_span_id')} AS key, ${nodeOf(table)} AS node, if(match(${peer}, ${address}), '', toString(${peer})) AS peer, ${fieldOf(table, 'status')} = 'error' AS failed, toInt64(${fieldOf(table, 'duration')}) AS duration FROM ${table.name} WHERE ${rowsIn(table, selection)} AND ${fieldOf(table, 'role')} IN ('server', 'consumer')`;
  const parents = sql`SELECT ${idOf(table, 'span_id')} AS key, ${nodeOf(table)} AS node, ${fieldOf(table, 'role')} = 'client' AS calls, ${fieldOf(table, 'status')} = 'error' AS failed, toInt64(${fieldOf(table, 'duration')}) AS duration, 1 AS recorded FROM ${table.name} WHERE ${rowsIn(table, { window: before(window), scope })} AND ${fieldOf(table, 'span_id')} != ''`;
  const isCall = sql`p.recorded = 1 AND p.calls = 1`;
  const gap = sql`p.duration - s.duration, ${isCall} AND p.duration >= s.duration`;
  const rows = await clickhouse.rows(
    sql`SELECT s.node, p.node, p.recorded, if(p.recorded = 1, '', s.peer) AS peer, toString(count() AS calls), toString(countIf(s.failed OR (${isCall} AND p.failed))), ${quantiles(sql`s.duration`)}, quantileExactInclusiveOrNullIf(0.5)(${gap}), quantileExactInclusiveOrNullIf(0.95)(${gap}), toString(count() OVER ()) FROM (${served}) AS s ANY LEFT JOIN (${parents}) AS p ON s.key = p.key GROUP BY s.node, p.node, p.recorded, peer ORDER BY calls DESC, s.node, p.node, peer LIMIT ${mostEdges}`,
    z.tuple([node, node, z.number(), z.string(), ...numbers, z.coerce.number()]),
    options,
  );
  return {
    spans: rows.map(([server, parent, recorded, named, ...statistics]) => ({
      server,
      caller: recorded === 1 ? parent : undefined,
      peer: named,
      ...statisticsOf(statistics),
    })),
    total: rows[0]?.[10] ?? 0,
  };
}

/** Client and producer spans of the selection without a server or consumer span below, by whom they name. */
export async function unservedSpans(
  clickhouse: ClickHouse,
  table: SignalTable,
  selection: Selection,
  options: QueryOptions,
): Promise<{ readonly spans: readonly UnservedSpans[]; readonly total: number }> {
  const { window, scope } = selection;
  const named = fieldOf(table, 'server');
  const protocol = fieldOf(table, 'protocol_type');
  const client = sql`SELECT ${idOf(table, 'span_id')} AS key, ${nodeOf(table)} AS node, toString(if(${named} != '', ${named}, ${protocol})) AS peer, toString(${fieldOf(table, 'server_namespace')}) AS peerNamespace, ${fieldOf(table, 'status')} = 'error' AS failed, toInt64(${fieldOf(table, 'duration')}) AS duration FROM ${table.name} WHERE ${rowsIn(table, selection)} AND ${fieldOf(table, 'role')} IN ('client', 'producer')`;
  const served = sql`SELECT ${idOf(table, 'parent_span_id')} AS key FROM ${table.name} WHERE ${rowsIn(table, { window: after(window), scope })} AND ${fieldOf(table, 'role')} IN ('server', 'consumer')`;
  const rows = await clickhouse.rows(
    sql`SELECT c.node, c.peer, c.peerNamespace, toString(count() AS calls), toString(countIf(c.failed)), ${quantiles(sql`c.duration`)}, NULL, NULL, toString(count() OVER ()) FROM (${client}) AS c LEFT ANTI JOIN (${served}) AS s ON c.key = s.key GROUP BY c.node, c.peer, c.peerNamespace ORDER BY calls DESC, c.node, c.peer, c.peerNamespace LIMIT ${mostEdges}`,
    z.tuple([node, z.string(), z.string(), ...numbers, z.coerce.number()]),
    options,
  );
  return {
    spans: rows.map(([client, peer, peerNamespace, ...statistics]) => ({
      client,
      peer,
      peerNamespace,
      ...statisticsOf(statistics),
    })),
    total: rows[0]?.[9] ?? 0,
  };
}

function statisticsOf([calls, failed, p50, p95, gapP50, gapP95]: readonly [
  number,
  number,
  number | null,
  number | null,
  number | null,
  number | null,
  ...unknown[],
]): CallStatistics {
  return { calls, failed, p50: p50 ?? 0, p95: p95 ?? 0, gapP50, gapP95 };
}

const quantiles = (duration: Sql): Sql =>
  sql`quantileExactInclusiveOrNull(0.5)(${duration}), quantileExactInclusiveOrNull(0.95)(${duration})`;

/** Clocks differ: what belongs together may be stored a minute in the wrong order. */
const skew = 60_000_000_000n;

const before = ({ from, to }: Window): Window => ({
  from: from > longestBetween ? from - longestBetween : 0n,
  to: to + skew,
});
const after = ({ from, to }: Window): Window => ({
  from: from > skew ? from - skew : 0n,
  to: to + longestBetween,
});

/** One number for a span of a trace: half the memory of the two texts. */
const idOf = (table: SignalTable, span: 'span_id' | 'parent_span_id'): Sql =>
  sql`sipHash64(${fieldOf(table, 'trace_id')}, ${fieldOf(table, span)})`;

const nodeOf = (table: SignalTable): Sql =>
  sql`(${join(
    (['cluster', 'namespace', 'workload'] as const).map((name) => sql`toString(${fieldOf(table, name)})`),
    ', ',
  )})`;
