import { z } from 'zod';
import { imageName } from '../telemetry/kubernetes/image.ts';
import type { Sighting } from '../telemetry/kubernetes/sightings.ts';
import type { Scope } from '../telemetry/scope.ts';
import type { Window } from '../telemetry/window.ts';
import type { ClickHouse, QueryOptions } from './clickhouse.ts';
import type { Whereabouts } from './kubernetes-events.ts';
import type { SignalTable } from './schema/signal-table.ts';
import { fieldOf } from './sql/field.ts';
import { rowsIn } from './sql/rows-in.ts';
import { join, Sql, sql } from './sql/sql.ts';

/** Sightings that are read of a signal: more pods are not told apart. */
const mostSightings = 20_000;

const row = z.tuple([
  ...([
    z.string(),
    z.string(),
    z.string(),
    z.string(),
    z.string(),
    z.string(),
    z.string(),
    z.string(),
  ] as const),
  ...([z.coerce.bigint(), z.coerce.bigint(), z.coerce.number(), z.coerce.number()] as const),
]);

/**
 * From when to when each pod, version and replica set of the workloads is heard in a signal. All other records of
 * a cluster are one sighting without names: they tell from when to when anything was to be heard.
 */
export async function sightings(
  clickhouse: ClickHouse,
  table: SignalTable,
  {
    window,
    scope,
    inDetail,
    ...where
  }: Whereabouts & {
    readonly window: Window;
    readonly scope: Scope;
    /** With images and replica sets, which take twice the time. */
    readonly inDetail: boolean;
  },
  options: QueryOptions,
): Promise<{ readonly sightings: readonly Sighting[]; readonly leftOut: number }> {
  const resource = (key: string): Sql => sql`${table.resourceAttributes}[${key}]`;
  const tag = resource('container.image.tag');
  const asked = (['namespace', 'workload'] as const).flatMap((name) =>
    where[name] === undefined ? [] : [sql`${fieldOf(table, name)} = ${where[name]}`],
  );
  const isMeant = join([sql`${fieldOf(table, 'workload')} != ''`, ...asked], ' AND ');
  const keys = [
    fieldOf(table, 'cluster'),
    ...[
      ...(['namespace', 'workload', 'app_version'] as const).map((name) => fieldOf(table, name)),
      inDetail ? sql`if(${tag} = '', '', concat(${resource('container.image.name')}, ':', ${tag}))` : sql`''`,
      inDetail ? resource('k8s.replicaset.name') : sql`''`,
      fieldOf(table, 'pod_name'),
      fieldOf(table, 'node_name'),
    ].map((key) => sql`if(${isMeant}, toString(${key}), '')`),
  ].map((key, i) => sql`toString(${key}) AS k${i}`);
  const conditions = [
    rowsIn(table, { window, scope }),
    ...(where.cluster === undefined ? [] : [sql`${fieldOf(table, 'cluster')} = ${where.cluster}`]),
  ];
  const groups = keys.map((_, i) => new Sql(`k${i}`));
  const rows = await clickhouse.rows(
    sql`SELECT ${join(keys, ', ')}, toString(toUnixTimestamp64Nano(min(${table.time}))), toString(toUnixTimestamp64Nano(max(${table.time}))), toString(uniqExact(toStartOfMinute(${table.time})) AS minutes), toString(count() OVER ()) FROM ${table.name} WHERE ${join(conditions, ' AND ')} GROUP BY ${join(groups, ', ')} ORDER BY minutes DESC, ${join(groups, ', ')} LIMIT ${mostSightings}`,
    row,
    options,
  );
  return { sightings: rows.map(sightingOf), leftOut: (rows[0]?.[11] ?? 0) - rows.length };
}

function sightingOf([
  cluster,
  namespace,
  workload,
  version,
  image,
  replicaSet,
  pod,
  node,
  first,
  last,
  slots,
]: z.infer<typeof row>): Sighting {
  return {
    cluster,
    namespace,
    workload,
    version,
    image: imageName(image),
    replicaSet,
    pod,
    node,
    first,
    last,
    slots,
  };
}
