import { scopeOf } from '../access/scope.ts';
import { hasKubernetesEvents, kubernetesEvents, type Whereabouts } from '../store/kubernetes-events.ts';
import { kubernetesObjects } from '../store/kubernetes-objects.ts';
import { sightings } from '../store/sightings.ts';
import { InputError } from '../telemetry/input-error.ts';
import {
  type Change,
  type ChangeKind,
  changeKinds,
  type Observation,
} from '../telemetry/kubernetes/change.ts';
import { eventObservation } from '../telemetry/kubernetes/event.ts';
import { foldChanges, strongest } from '../telemetry/kubernetes/fold-changes.ts';
import {
  kindsOfEvents,
  kindsOfMetrics,
  kindsOfObjects,
  unknownKinds,
} from '../telemetry/kubernetes/known-kinds.ts';
import { objectObservations } from '../telemetry/kubernetes/object-changes.ts';
import { workloadOf } from '../telemetry/kubernetes/object-place.ts';
import { type Sighting, sightingObservations } from '../telemetry/kubernetes/sightings.ts';
import { nearest } from '../telemetry/nearest.ts';
import { parseWindow } from '../telemetry/time.ts';
import type { Window } from '../telemetry/window.ts';
import { knownMetrics, metricChanges } from './kubernetes-metrics.ts';
import {
  detailNotes,
  leftOutNotes,
  objectNotes,
  otherKinds,
  sourceNotes,
  unknownPlace,
} from './kubernetes-notes.ts';
import { lowered } from './limits.ts';
import type { Call } from './queries.ts';
import type { RangeRequest } from './requests.ts';
import type { Result } from './results.ts';
import type { QueryContext } from './subject.ts';
import { together } from './together.ts';

/** Changes that one answer lists. */
export const changeLimit = { standard: 50, max: 200 };

export interface KubernetesChangesRequest extends RangeRequest, Whereabouts {
  /** Absent: all. */
  readonly kinds?: readonly string[] | undefined;
  /** 1 to 200; 50 when absent. */
  readonly limit?: number | undefined;
}

export interface KubernetesChangesResult extends Result {
  /** The strongest ones, in order of time. */
  readonly changes: readonly Change[];
  readonly changesTotal: number;
  /** Events that tell of changes, each once, within the window and the place that were asked for. */
  readonly events: number;
  /** Objects of Kubernetes that are sent as they are, whose states were compared. */
  readonly objects: number;
  /** Known metrics that were looked at. */
  readonly metrics: readonly string[];
  /** Pods that spans and logs name. */
  readonly pods: number;
  /** Kinds that were asked for; all of them where none were. */
  readonly kinds: readonly ChangeKind[];
  /** Those of them of which nothing that is stored would tell. */
  readonly unknownKinds: readonly ChangeKind[];
  /** Nothing in the window has the name that was asked for. */
  readonly isUnknownPlace: boolean;
}

const hour = 3_600_000_000_000n;

/** In a longer window spans and logs are asked for what is quick to read alone, or not at all, ns. */
const longestInDetail = 3n * hour;
const longestHeard = 26n * hour;

/** How far beyond the window spans and logs are looked at: as far as it is long, within these. */
const leastBeyond = 600_000_000_000n;
const mostBeyond = 1_800_000_000_000n;

/**
 * What changed in the cluster in a window, as events, metrics and the telemetry itself tell.
 *
 * @throws InputError for a time, kind or limit that can't be used
 * @throws StoreError when the store does not answer
 */
export async function kubernetesChanges(
  context: QueryContext,
  request: KubernetesChangesRequest,
  call: Call,
): Promise<KubernetesChangesResult> {
  const limit = lowered('limit', request.limit, changeLimit);
  const kinds = kindsOf(request.kinds);
  const where = {
    cluster: trimmed(request.cluster),
    namespace: trimmed(request.namespace),
    workload: trimmed(request.workload),
  };
  const now = context.now();
  const { window, relative, notes } = parseWindow(request, now);
  const [events, objects, metrics, seen] = await together(call.signal, (signal) => {
    const each = { ...call, signal };
    return Promise.all([
      readEvents(context, window, where, each),
      readObjects(context, window, where, each),
      context.metrics === undefined
        ? undefined
        : metricChanges(context, { store: context.metrics, window, ...where }, each),
      readSightings(context, window, where, each),
    ]);
  });
  const all = foldChanges(
    within(
      where,
      seen.sightings,
      inOneCluster(seen.sightings, [
        ...events.observations,
        ...objects.observations,
        ...(metrics?.observations ?? []),
        ...sightingObservations(seen.sightings, window),
      ]),
    ),
  );
  const changes = all.filter(({ kind }) => kinds === undefined || kinds.has(kind));
  const isLimited = scopeOf(call.principal).namespaces !== undefined;
  const pods = podsOf(seen.sightings);
  const placeNotes =
    all.length === 0 && pods === 0 && !objects.knowsPlace
      ? await unknownPlace(context, window, where, call)
      : [];
  const told = [
    ...(events.hasAny ? kindsOfEvents : []),
    ...kindsOfObjects(objects.sent.filter((resource) => !objects.unread.includes(resource))),
    ...(metrics === undefined ? [] : kindsOfMetrics(metrics.present ?? knownMetrics)),
    ...kindsOfSightings(seen.sightings),
    ...all.map(({ kind }) => kind),
  ].filter((kind) => !(kind === 'node' && isLimited));
  return {
    changes: strongest(changes, limit.value),
    changesTotal: changes.length,
    events: events.total,
    objects: objects.total,
    metrics: metrics?.present ?? [],
    pods,
    kinds: changeKinds.filter((kind) => kinds === undefined || kinds.has(kind)),
    unknownKinds: unknownKinds(kinds, told),
    isUnknownPlace: placeNotes.length > 0,
    window,
    now: relative ? now : undefined,
    notes: [
      ...notes,
      ...limit.notes,
      ...(changes.length === 0 && all.length > 0 ? [otherKinds(all)] : []),
      ...placeNotes,
      ...sourceNotes({ hasEvents: events.hasAny, objects: objects.sent, metrics, isLimited }),
      ...leftOutNotes(events.leftOut, metrics, seen.leftOut),
      ...objectNotes(objects),
      ...detailNotes(seen.detail),
    ],
  };
}

/** Versions and pods are compared where records name them. */
function kindsOfSightings(seen: readonly Sighting[]): ChangeKind[] {
  return [
    ...(seen.some(({ version, image, replicaSet }) => version || image || replicaSet)
      ? (['rollout'] as const)
      : []),
    ...(seen.some(({ pod }) => pod !== '') ? (['pods'] as const) : []),
  ];
}

function podsOf(seen: readonly Sighting[]): number {
  const named = seen.filter(({ pod }) => pod !== '');
  return new Set(named.map(({ cluster, namespace, pod }) => JSON.stringify([cluster, namespace, pod]))).size;
}

const trimmed = (text: string | undefined): string | undefined => text?.trim() || undefined;

function kindsOf(kinds: readonly string[] | undefined): ReadonlySet<ChangeKind> | undefined {
  if (kinds === undefined || kinds.length === 0) return undefined;
  return new Set(
    kinds.map((written) => {
      const name = written
        .trim()
        .toLowerCase()
        .replaceAll(/[\s-]+/g, '_');
      const known = changeKinds.find((kind) => kind === name);
      if (known !== undefined) return known;
      const [near] = nearest(name, changeKinds);
      const hint = near === undefined ? '' : ` Did you mean ${near}?`;
      throw new InputError(
        `kinds: there is no kind "${written}".${hint} Kinds are ${changeKinds.join(', ')}.`,
      );
    }),
  );
}

async function readEvents(context: QueryContext, window: Window, where: Whereabouts, call: Call) {
  const table = context.store.table('logs');
  if (table === undefined) return { observations: [], total: 0, leftOut: 0, hasAny: false };
  const { clickhouse } = context.store;
  const selection = { window, scope: scopeOf(call.principal) };
  const options = { signal: call.signal };
  const { events, leftOut } = await kubernetesEvents(clickhouse, table, { ...selection, ...where }, options);
  return {
    observations: events.flatMap((event) => eventObservation(event) ?? []),
    total: events.length,
    leftOut,
    hasAny: events.length > 0 || (await hasKubernetesEvents(clickhouse, table, selection, options)),
  };
}

async function readObjects(context: QueryContext, window: Window, where: Whereabouts, call: Call) {
  const table = context.store.table('logs');
  const place = { ...where, window, scope: scopeOf(call.principal) };
  const options = { signal: call.signal };
  const { objects, ...found } =
    table === undefined
      ? { objects: [], sent: [], unread: [], leftOut: 0 }
      : await kubernetesObjects(context.store.clickhouse, table, place, options);
  return {
    ...found,
    ...objectObservations(objects, window, where.workload),
    total: objects.length,
    knowsPlace: objects.some(
      (object) =>
        (where.namespace === undefined || object.namespace === where.namespace) &&
        (where.workload === undefined || workloadOf(object) === where.workload),
    ),
  };
}

async function readSightings(context: QueryContext, window: Window, where: Whereabouts, call: Call) {
  if (window.to - window.from > longestHeard) return { sightings: [], leftOut: 0, detail: 'none' as const };
  const beyond = withinLimits(window.to - window.from);
  const wide = { from: window.from > beyond ? window.from - beyond : 0n, to: window.to + beyond };
  const inDetail = window.to - window.from <= longestInDetail;
  const selection = { window: wide, scope: scopeOf(call.principal), inDetail, ...where };
  const signals = (['logs', 'traces'] as const).flatMap((signal) => context.store.table(signal) ?? []);
  const found = await Promise.all(
    signals.map((table) => sightings(context.store.clickhouse, table, selection, { signal: call.signal })),
  );
  return {
    sightings: found.flatMap((one) => one.sightings),
    leftOut: found.reduce((sum, one) => sum + one.leftOut, 0),
    detail: inDetail ? ('all' as const) : ('some' as const),
  };
}

function withinLimits(length: bigint): bigint {
  if (length < leastBeyond) return leastBeyond;
  return length > mostBeyond ? mostBeyond : length;
}

/** Not every sender names the cluster: where there is one alone, all is of it. */
function inOneCluster(
  seen: readonly Sighting[],
  observations: readonly Observation[],
): readonly Observation[] {
  const names = new Set([...seen, ...observations].map(({ cluster }) => cluster).filter(Boolean));
  const [cluster] = names;
  if (cluster === undefined || names.size > 1) return observations;
  return observations.map((one) => ({ ...one, cluster }));
}

/** Those of the place that was asked for; of nodes only those on which its pods are. */
function within(
  { cluster, namespace, workload }: Whereabouts,
  seen: readonly Sighting[],
  observations: readonly Observation[],
): Observation[] {
  const inCluster = observations.filter((one) => cluster === undefined || one.cluster === cluster);
  if (namespace === undefined && workload === undefined) return inCluster;
  const asked = inCluster.filter(
    (one) =>
      one.node === '' &&
      (namespace === undefined || one.namespace === namespace) &&
      (workload === undefined || one.workload === workload),
  );
  const nodes = new Set([...seen.map(({ node }) => node), ...asked.map(({ onNode }) => onNode)]);
  return [...asked, ...inCluster.filter(({ node }) => node !== '' && nodes.has(node))];
}
