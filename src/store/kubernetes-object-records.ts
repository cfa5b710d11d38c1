import { type ComparedResource, comparedResources } from '../telemetry/kubernetes/object-state.ts';
import type { Scope } from '../telemetry/scope.ts';
import type { Window } from '../telemetry/window.ts';
import type { Whereabouts } from './kubernetes-events.ts';
import type { SignalTable } from './schema/signal-table.ts';
import { fieldOf } from './sql/field.ts';
import { rowsIn } from './sql/rows-in.ts';
import { join, listOf, type Sql, sql } from './sql/sql.ts';

/** Where and when to look for objects. */
export type Place = Whereabouts & { readonly window: Window; readonly scope: Scope };

const resourceKey = 'k8s.resource.name';

/** The resource that a record of the k8sobjects receiver is of. */
export const resourceOf = (table: SignalTable): Sql => sql`${table.ownAttributes}[${resourceKey}]`;

/** The text after WHERE: records of objects that are compared, in a place that the scope shows. */
export function rowsOf(table: SignalTable, { window, scope, cluster, namespace }: Place): Sql {
  const conditions = [
    rowsIn(table, { window, scope }),
    sql`mapContains(${table.ownAttributes}, ${resourceKey})`,
    sql`${resourceOf(table)} IN (${listOf(comparedResources)})`,
    ...(cluster === undefined ? [] : [sql`${fieldOf(table, 'cluster')} = ${cluster}`]),
    // Nodes are in none.
    ...(namespace === undefined ? [] : [sql`${fieldOf(table, 'namespace')} IN (${namespace}, '')`]),
    // Nodes belong to no namespace: who sees some namespaces alone sees no nodes.
    ...(scope.namespaces === undefined
      ? []
      : [sql`${resourceOf(table)} != 'nodes' AND ${fieldOf(table, 'namespace')} != ''`]),
  ];
  return join(conditions, ' AND ');
}

/** What of an object is read; a text that stands for an object or list is its JSON. */
const shape =
  'Tuple(metadata Tuple(name String, namespace String, uid String, generation Int64, creationTimestamp String, labels Map(String, String), annotations Map(String, String), ownerReferences Array(Tuple(kind String, name String)), managedFields Array(Tuple(manager String, subresource String, time String))), spec String, data Map(String, String), binaryData Map(String, String), status Tuple(phase String, reason String, failed Int64, nodeInfo Tuple(kubeletVersion String), conditions Array(Tuple(type String, status String, reason String, lastTransitionTime String)), containerStatuses Array(Tuple(name String, restartCount Int64, lastState Tuple(terminated Tuple(reason String, finishedAt String)), state Tuple(waiting Tuple(reason String))))))';

/**
 * A row for each record: which object it is of, when, and its state as JSON, with a hash of it. Of a pod the
 * specification is where it runs, as the rest can't change; values of ConfigMaps and Secrets are hashed.
 */
export function projected(table: SignalTable, place: Place, resources: readonly ComparedResource[]): Sql {
  const object = sql`if(watched, JSONExtract(sent, 'object', ${shape}), JSONExtract(sent, ${shape}))`;
  const records = sql`SELECT toString(${fieldOf(table, 'body')}) AS sent, JSONHas(sent, 'object') AS watched, watched AND JSONExtractString(sent, 'type') = 'DELETED' AS deleted, ${resourceOf(table)} AS resource, toString(${fieldOf(table, 'cluster')}) AS cluster, toUnixTimestamp64Nano(${table.time}) AS time FROM ${table.name} WHERE ${rowsOf(table, place)} AND resource IN (${listOf(resources)})`;
  const spec = sql`multiIf(resource = 'pods', toJSONString(map('nodeName', JSONExtractString(o.spec, 'nodeName'))), resource IN ('configmaps', 'secrets'), '{}', o.spec)`;
  const data = sql`mapApply((k, v) -> (k, hex(sipHash64(v))), if(resource IN ('configmaps', 'secrets'), mapUpdate(o.data, o.binaryData), map()))`;
  const conditions = sql`if(resource IN ('nodes', 'deployments', 'jobs'), o.status.conditions, [])`;
  const containers = sql`if(resource = 'pods', o.status.containerStatuses, [])`;
  const status = sql`(o.status.phase, o.status.reason, o.status.failed, o.status.nodeInfo.kubeletVersion, ${conditions}, ${containers})`;
  const changeCause = sql`o.metadata.annotations['kubernetes.io/change-cause']`;
  // Managers come with each write, of which many change nothing that is compared.
  const compared = sql`(if(resource = 'pods', 0, o.metadata.generation), if(resource = 'pods', map(), o.metadata.labels), ${changeCause}, ${spec}, ${data}, ${status})`;
  const managers = sql`arrayFilter(m -> m.subresource = '' AND m.time != '', o.metadata.managedFields)`;
  return sql`SELECT cluster, resource, o.metadata.namespace AS namespace, o.metadata.name AS name, o.metadata.uid AS uid, o.metadata.ownerReferences[1] AS owner, ${timeOf(sql`o.metadata.creationTimestamp`)} AS created, watched, time, ${compared} AS compared, if(deleted, 0, greatest(sipHash64(uid, name, compared), 1)) AS hash, toJSONString((compared, ${managers})) AS state FROM (SELECT *, ${object} AS o FROM (${records})) WHERE name != ''`;
}

/** ns since the epoch; 0 for what is no time. */
const timeOf = (written: Sql): Sql =>
  sql`toUnixTimestamp64Nano(parseDateTime64BestEffortOrZero(${written}, 9, 'UTC'))`;
