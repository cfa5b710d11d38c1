import { z } from 'zod';
import { type KubernetesEvent, normalReasons } from '../telemetry/kubernetes/event.ts';
import type { Scope } from '../telemetry/scope.ts';
import type { Window } from '../telemetry/window.ts';
import type { ClickHouse, QueryOptions } from './clickhouse.ts';
import type { SignalTable } from './schema/signal-table.ts';
import { fieldOf } from './sql/field.ts';
import { rowsIn } from './sql/rows-in.ts';
import { join, listOf, type Sql, sql } from './sql/sql.ts';

/** Where in a cluster to look; absent for everywhere. */
export interface Whereabouts {
  readonly cluster?: string | undefined;
  readonly namespace?: string | undefined;
  readonly workload?: string | undefined;
}

export interface FoundEvents {
  readonly events: readonly KubernetesEvent[];
  /** Those that are not among them, as there were too many. */
  readonly leftOut: number;
}

/** Different events that are read; those of type Warning, then the latest, come first. */
const mostEvents = 20_000;

/** Characters of a message that are read: enough for a secret in what is shown to be whole. */
const messageLength = 2000;

/** Kubernetes keeps an event for an hour, and a receiver that starts gets all of them. */
const longestDelay = 3_600_000_000_000n;

const count = z.coerce.number();
const nanoseconds = z.coerce.bigint();
const text = z.string();
const eventRow = z.tuple([
  ...([text, text, text, text, text, text, text, text, text] as const),
  ...([nanoseconds, nanoseconds, nanoseconds, count, count, count, count] as const),
]);

/**
 * Events of Kubernetes in a window that tell of changes, each once, however often it was sent: from the
 * k8s_events receiver of the OpenTelemetry Collector (attributes `k8s.event.*`, the message as body) and from
 * its k8sobjects receiver (the whole object as body, in watch mode as `object` beside a `type`, or alone).
 *
 * A key that is limited to namespaces sees those whose resource and whose object are in one of them.
 */
export async function kubernetesEvents(
  clickhouse: ClickHouse,
  table: SignalTable,
  { window, scope, ...where }: Whereabouts & { readonly window: Window; readonly scope: Scope },
  options: QueryOptions,
): Promise<FoundEvents> {
  const conditions = [
    sql`time >= ${window.from} AND time < ${window.to}`,
    sql`(warns OR reason IN (${listOf(normalReasons)}))`,
    ...whereConditions(where),
    ...scopeConditions(scope),
  ];
  const records = sql`${eventRecords(table, { window, scope })} UNION ALL ${objectRecords(table, { window, scope })}`;
  const rows = await clickhouse.rows(
    sql`SELECT cluster, namespace, kind, name, path, max(node), if(max(warns), 'Warning', 'Normal') AS type, reason, max((time, leftUTF8(message, ${messageLength}))).2, toString(min(time)), toString(max(time) AS latest), toString(min(began)), toString(min(greatest(repeats, 1))), toString(max(repeats)), toString(uniqExact(time)), toString(count() OVER ()) FROM (${records}) WHERE ${join(conditions, ' AND ')} GROUP BY cluster, namespace, kind, name, path, reason, id ORDER BY type DESC, latest DESC, cluster, namespace, kind, name, path, reason, id LIMIT ${mostEvents}`,
    eventRow,
    options,
  );
  return {
    events: rows.map((row) => eventOf(row, window)),
    leftOut: (rows[0]?.[15] ?? 0) - rows.length,
  };
}

/** A cluster has events every day, so of one without any in this time nobody sends them, ns. */
const quietest = 86_400_000_000_000n;

/** Whether there is any event of Kubernetes in a window or in the day before it, whatever it tells. */
export async function hasKubernetesEvents(
  clickhouse: ClickHouse,
  table: SignalTable,
  { window, scope }: { readonly window: Window; readonly scope: Scope },
  options: QueryOptions,
): Promise<boolean> {
  const from = window.from > quietest ? window.from - quietest : 0n;
  const found = await clickhouse.rows(
    sql`SELECT 1 FROM ${table.name} WHERE ${rowsIn(table, { window: { from, to: window.to }, scope })} AND (${has(table, eventKey)} OR (${has(table, objectKey)} AND ${table.ownAttributes}[${objectKey}] = 'events')) LIMIT 1`,
    z.tuple([z.number()]),
    options,
  );
  return found.length > 0;
}

const eventKey = 'k8s.event.reason';
const objectKey = 'k8s.resource.name';

interface Rows {
  readonly window: Window;
  readonly scope: Scope;
}

/** Records of the k8s_events receiver. Its versions differ in whether the namespace is the record's or the resource's. */
function eventRecords(table: SignalTable, { window, scope }: Rows): Sql {
  const own = (key: string): Sql => sql`${table.ownAttributes}[${key}]`;
  const resource = (key: string): Sql => sql`${table.resourceAttributes}[${key}]`;
  const either = (key: string): Sql => sql`if(${resource(key)} != '', ${resource(key)}, ${own(key)})`;
  const level = fieldOf(table, 'level');
  // As Go prints a time: 2026-02-06 10:15:30 +0100 CET
  const began = sql`extractGroups(${own('k8s.event.start_time')}, '^([0-9-]{10} [0-9:]{8})[0-9.]* ([+-][0-9]{2})([0-9]{2})')`;
  const repeats = sql`toUInt64OrZero(${own('k8s.event.count')})`;
  const identity = sql`if(${own('k8s.event.uid')} != '', ${own('k8s.event.uid')}, hex(sipHash64(${fieldOf(table, 'body')})))`;
  return sql`SELECT toString(${fieldOf(table, 'cluster')}) AS cluster, toString(if(${own('k8s.namespace.name')} != '', ${own('k8s.namespace.name')}, ${fieldOf(table, 'namespace')})) AS namespace, ${either('k8s.object.kind')} AS kind, ${either('k8s.object.name')} AS name, ${either('k8s.object.fieldpath')} AS path, ${resource('k8s.node.name')} AS node, ${level} IN ('WARN', 'ERROR', 'FATAL', 'PANIC') AS warns, ${own(eventKey)} AS reason, toString(${fieldOf(table, 'body')}) AS message, ${identity} AS id, toUnixTimestamp64Nano(${table.time}) AS time, ${timeOf(sql`if(empty(${began}), '', concat(${began}[1], ${began}[2], ':', ${began}[3]))`)} AS began, ${repeats} AS repeats FROM ${table.name} WHERE ${rowsIn(table, { window, scope })} AND ${has(table, eventKey)}`;
}

/** Records of the k8sobjects receiver: an event comes again when it is deleted, an hour after it happened. */
function objectRecords(table: SignalTable, { window, scope }: Rows): Sql {
  const body = sql`toString(${fieldOf(table, 'body')})`;
  const of = (...path: readonly string[]): Sql =>
    sql`JSONExtractString(object, ${join(
      path.map((key) => sql`${key}`),
      ', ',
    )})`;
  const oneOf = (one: Sql, other: Sql): Sql => sql`if(${one} != '', ${one}, ${other})`;
  const times = [
    of('lastTimestamp'),
    of('deprecatedLastTimestamp'),
    of('series', 'lastObservedTime'),
    of('eventTime'),
    of('firstTimestamp'),
    of('deprecatedFirstTimestamp'),
  ];
  const latest = sql`greatest(${join(times.map(timeOf), ', ')})`;
  const about = (key: string): Sql => oneOf(of('involvedObject', key), of('regarding', key));
  const repeats = sql`greatest(JSONExtractUInt(object, 'count'), JSONExtractUInt(object, 'deprecatedCount'), JSONExtractUInt(object, 'series', 'count'))`;
  const rows = rowsIn(table, { window: { from: window.from, to: window.to + longestDelay }, scope });
  const objects = sql`SELECT ${body} AS sent, if(JSONHas(sent, 'object'), JSONExtractRaw(sent, 'object'), sent) AS object, toString(${fieldOf(table, 'cluster')}) AS cluster, toUnixTimestamp64Nano(${table.time}) AS observed FROM ${table.name} WHERE ${rows} AND ${has(table, objectKey)} AND ${table.ownAttributes}[${objectKey}] = 'events' AND JSONExtractString(sent, 'type') != 'DELETED'`;
  return sql`SELECT cluster, ${about('namespace')} AS namespace, ${about('kind')} AS kind, ${about('name')} AS name, ${about('fieldPath')} AS path, ${oneOf(of('source', 'host'), of('deprecatedSource', 'host'))} AS node, ${of('type')} != 'Normal' AS warns, ${of('reason')} AS reason, ${oneOf(of('message'), of('note'))} AS message, ${oneOf(of('metadata', 'uid'), sql`hex(sipHash64(message))`)} AS id, if(${latest} > 0, ${latest}, observed) AS time, ${timeOf(of('metadata', 'creationTimestamp'))} AS began, ${repeats} AS repeats FROM (${objects})`;
}

/** ns since the epoch; 0 for what is no time. */
const timeOf = (written: Sql): Sql =>
  sql`toUnixTimestamp64Nano(parseDateTime64BestEffortOrZero(${written}, 9, 'UTC'))`;

const has = (table: SignalTable, key: string): Sql => sql`mapContains(${table.ownAttributes}, ${key})`;

/** An object's name begins with its workload's; which pods a node has is not known here. */
function whereConditions({ cluster, namespace, workload }: Whereabouts): Sql[] {
  return [
    ...(cluster === undefined ? [] : [sql`cluster = ${cluster}`]),
    ...(namespace === undefined ? [] : [sql`(namespace = ${namespace} OR kind = 'Node')`]),
    ...(workload === undefined ? [] : [sql`(startsWith(name, ${workload}) OR kind = 'Node')`]),
  ];
}

/** Events of nodes are kept in the namespace `default`, and are of none. */
function scopeConditions({ namespaces }: Scope): Sql[] {
  if (namespaces === undefined) return [];
  if (namespaces.length === 0) return [sql`0`];
  return [sql`kind != 'Node' AND namespace IN (${listOf(namespaces)})`];
}

function eventOf(row: z.infer<typeof eventRow>, window: Window): KubernetesEvent {
  const [cluster, namespace, objectKind, objectName, fieldPath, node, type, reason, message] = row;
  const [, , , , , , , , , first, last, began, least, most, times] = row;
  // Of an event that began in the window all its repetitions are in it, sent or not.
  const isWhole = began >= window.from && began < window.to && began <= first;
  return {
    cluster,
    namespace,
    objectKind,
    objectName,
    fieldPath,
    node,
    type,
    reason,
    message,
    first: isWhole ? began : first,
    last,
    count: most === 0 ? times : isWhole ? most : most - least + 1,
    continues: !isWhole && least > 1,
  };
}
