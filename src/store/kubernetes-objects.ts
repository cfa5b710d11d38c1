import { z } from 'zod';
import {
  type ComparedResource,
  comparedResources,
  type KubernetesObject,
  type ObjectState,
} from '../telemetry/kubernetes/object-state.ts';
import type { ClickHouse, QueryOptions } from './clickhouse.ts';
import { type Place, projected, resourceOf, rowsOf } from './kubernetes-object-records.ts';
import { objectState } from './kubernetes-object-state.ts';
import type { SignalTable } from './schema/signal-table.ts';
import { fieldOf } from './sql/field.ts';
import { listOf, type Sql, sql } from './sql/sql.ts';

export interface FoundObjects {
  readonly objects: readonly KubernetesObject[];
  /** Resources of which there are records in the window. */
  readonly sent: readonly ComparedResource[];
  /** Of those, the ones of which there is more than may be read. */
  readonly unread: readonly ComparedResource[];
  /** Objects beyond those that are read, and states. */
  readonly leftOut: number;
}

/** How far back the last state before the window is looked for: a list is sent once an hour by default. */
const hour = 3_600_000_000_000n;
const mostHoursBefore = 24;

/** What is read at most: some half a second for two threads. */
const mostRecords = 50_000;
const mostBytes = 60_000_000;

/** Objects that are looked at, and states of them that are compared; in the order of `comparedResources`. */
const mostObjects = 20_000;
const mostStates = 3_000;
/** Bytes of a state, and of all of them: they are taken apart here, not in the store. */
const longestState = 100_000;
const mostStateBytes = 8_000_000;
/** States of one object, the last ones. */
const mostStatesOfOne = 100;

/**
 * Objects of Kubernetes as the k8sobjects receiver of the OpenTelemetry Collector sends them: whole ones at
 * intervals (`pull`), or each that changed, as `object` beside a `type` (`watch`); with their states in a window and
 * the last one in the day before it, as far as there is room to read that.
 *
 * A key that is limited to namespaces sees those whose record and which themselves are in one of them. Values of
 * ConfigMaps and Secrets stay in the store.
 */
export async function kubernetesObjects(
  clickhouse: ClickHouse,
  table: SignalTable,
  place: Place,
  options: QueryOptions,
): Promise<FoundObjects> {
  const { sent, resources, hours } = await readable(clickhouse, table, place, options);
  const unread = sent.filter((resource) => !resources.includes(resource));
  if (resources.length === 0) return { objects: [], sent, unread, leftOut: 0 };
  const { from, to } = place.window;
  const before = BigInt(hours) * hour;
  const window = { from: from > before ? from - before : 0n, to };
  const records = projected(table, { ...place, window }, resources);
  const { histories, leftOut } = await historiesOf(clickhouse, records, place, options);
  const wanted = wantedStates(histories, from);
  const read = wanted.slice(0, mostStates);
  const states = await statesOf(clickhouse, records, read, options);
  return {
    objects: histories.map((history) => objectOf(history, states)),
    sent,
    unread,
    leftOut: leftOut + wanted.length - states.size,
  };
}

const resourceName = z.enum(comparedResources);

const volumeRow = z.tuple([resourceName, z.coerce.number(), z.coerce.number(), z.coerce.number()]);

/** Which resources there are, of which there is room to read the window, and how many hours before it. */
async function readable(clickhouse: ClickHouse, table: SignalTable, place: Place, options: QueryOptions) {
  const { from, to } = place.window;
  const most = BigInt(mostHoursBefore) * hour;
  const window = { from: from > most ? from - most : 0n, to };
  const volumes = await clickhouse.rows(
    sql`SELECT ${resourceOf(table)} AS resource, toString(if(${table.time} >= fromUnixTimestamp64Nano(${from}), 0, intDiv(${from} - toUnixTimestamp64Nano(${table.time}), ${hour}) + 1)) AS hours, toString(count()), toString(sum(length(${fieldOf(table, 'body')}))) FROM ${table.name} WHERE ${rowsOf(table, { ...place, window })} GROUP BY resource, hours`,
    volumeRow,
    options,
  );
  const volume = (resource: ComparedResource, at: number): Volume => {
    const [, , records, bytes] = volumes.find(([name, hours]) => name === resource && hours === at) ?? [];
    return { records: records ?? 0, bytes: bytes ?? 0 };
  };
  const sent = comparedResources.filter((name) => volumes.some(([one]) => one === name));
  let room: Volume = { records: mostRecords, bytes: mostBytes };
  const resources = sent.filter((name) => {
    const left = without(room, volume(name, 0));
    if (left !== undefined) room = left;
    return left !== undefined;
  });
  let hours = 0;
  for (; hours < mostHoursBefore; hours++) {
    const all = resources
      .map((name) => volume(name, hours + 1))
      .reduce((a, b) => ({ records: a.records + b.records, bytes: a.bytes + b.bytes }), {
        records: 0,
        bytes: 0,
      });
    const left = without(room, all);
    if (left === undefined) break;
    room = left;
  }
  return { sent, resources, hours };
}

interface Volume {
  readonly records: number;
  readonly bytes: number;
}

function without(room: Volume, taken: Volume): Volume | undefined {
  const left = { records: room.records - taken.records, bytes: room.bytes - taken.bytes };
  return left.records < 0 || left.bytes < 0 ? undefined : left;
}

const text = z.string();
const nanoseconds = z.coerce.bigint();
const historyRow = z.tuple([
  ...([
    text,
    resourceName,
    text,
    text,
    text,
    text,
    nanoseconds,
    z.coerce.number(),
    z.coerce.number(),
  ] as const),
  ...([
    nanoseconds,
    nanoseconds,
    z.array(z.tuple([text, text])),
    z.coerce.number(),
    z.coerce.number(),
  ] as const),
]);

interface History extends Omit<KubernetesObject, 'states'> {
  /** The hash of each state that is other than the one before; `0` for none, as the object was deleted. */
  readonly states: readonly { readonly time: bigint; readonly hash: string }[];
}

async function historiesOf(
  clickhouse: ClickHouse,
  records: Sql,
  { scope }: Place,
  options: QueryOptions,
): Promise<{ readonly histories: readonly History[]; readonly leftOut: number }> {
  const conditions =
    scope.namespaces === undefined ? sql`1` : sql`namespace IN (${listOf(scope.namespaces)})`;
  const all = sql`arraySort(groupArray((time, hash)))`;
  const changed = sql`arrayFilter((seen, i) -> i = 1 OR seen.2 != all[i - 1].2, all, arrayEnumerate(all))`;
  const states = sql`arrayMap(seen -> (toString(seen.1), toString(seen.2)), arraySlice(${changed}, -${mostStatesOfOne}))`;
  const grouped = sql`SELECT cluster, resource, namespace, name, uid, any(owner) AS owner, max(created) AS created, min(watched) AS watched, count() AS records, min(time) AS first, max(time) AS last, ${all} AS all FROM (${records}) WHERE ${conditions} GROUP BY cluster, resource, namespace, name, uid`;
  const rows = await clickhouse.rows(
    sql`SELECT cluster, resource, namespace, name, owner.kind, owner.name, toString(created), watched, toString(records), toString(first), toString(last), ${states} AS states, toString(length(${changed}) - length(states)), toString(count() OVER ()) FROM (${grouped}) ORDER BY indexOf([${listOf(comparedResources)}], resource), length(states) DESC, cluster, namespace, name, uid LIMIT ${mostObjects}`,
    historyRow,
    options,
  );
  const histories = rows.map(
    ([
      cluster,
      resource,
      namespace,
      name,
      kind,
      owner,
      created,
      watched,
      records,
      first,
      last,
      seen,
    ]): History => ({
      ...{ cluster, resource, namespace, name, created, records, first, last },
      owner: { kind, name: owner },
      isPulled: watched === 0,
      states: seen.map(([time, hash]) => ({ time: BigInt(time), hash })),
    }),
  );
  const unread = rows.reduce((sum, row) => sum + row[12], 0);
  return { histories, leftOut: (rows[0]?.[13] ?? 0) - rows.length + unread };
}

interface Wanted {
  readonly time: bigint;
  readonly hash: string;
}

const workloads: ReadonlySet<ComparedResource> = new Set(['deployments', 'statefulsets', 'daemonsets']);

/** States of objects that changed in the window, and of workloads that may refer to a ConfigMap or Secret that did. */
function wantedStates(histories: readonly History[], from: bigint): Wanted[] {
  const changed = histories.filter(
    ({ states, created }) => created >= from || (states.length > 1 && (states.at(-1)?.time ?? 0n) >= from),
  );
  const namespaces = new Set(
    changed.filter(({ resource }) => resource === 'configmaps' || resource === 'secrets').map(namespaceKey),
  );
  const readers = histories.filter((one) => workloads.has(one.resource) && namespaces.has(namespaceKey(one)));
  const wanted = new Map<string, Wanted>();
  const want = (one: Wanted | undefined): void => {
    if (one !== undefined && one.hash !== '0') wanted.set(one.hash, one);
  };
  for (const { states } of readers) want(states.at(-1));
  for (const { states } of changed) {
    const first = states.findIndex(({ time }) => time >= from);
    for (const one of states.slice(Math.max(0, first - 1))) want(one);
  }
  return [...wanted.values()];
}

const namespaceKey = ({ cluster, namespace }: History): string => JSON.stringify([cluster, namespace]);

async function statesOf(
  clickhouse: ClickHouse,
  records: Sql,
  wanted: readonly Wanted[],
  options: QueryOptions,
): Promise<ReadonlyMap<string, ObjectState>> {
  if (wanted.length === 0) return new Map();
  const hashes = listOf(wanted.map(({ hash }) => BigInt(hash)));
  const times = listOf(new Set(wanted.map(({ time }) => time)));
  const rows = await clickhouse.rows(
    sql`SELECT toString(hash), one FROM (SELECT hash, one, sum(length(one)) OVER (ORDER BY indexOf([${hashes}], hash)) AS bytes FROM (SELECT hash, any(state) AS one FROM (${records}) WHERE time IN (${times}) AND hash IN (${hashes}) AND length(state) <= ${longestState} GROUP BY hash)) WHERE bytes <= ${mostStateBytes}`,
    z.tuple([text, text]),
    options,
  );
  return new Map(
    rows.flatMap(([hash, json]) => {
      const state = objectState.safeParse(JSON.parse(json));
      return state.success ? [[hash, state.data] as const] : [];
    }),
  );
}

function objectOf({ states, ...rest }: History, known: ReadonlyMap<string, ObjectState>): KubernetesObject {
  return {
    ...rest,
    states: states.map(({ time: at, hash }) => ({
      time: at,
      state: hash === '0' ? 'deleted' : (known.get(hash) ?? 'unread'),
    })),
  };
}
