import { scopeOf } from '../access/scope.ts';
import { fieldValues } from '../store/field-values.ts';
import type { Whereabouts } from '../store/kubernetes-events.ts';
import { formatDuration } from '../telemetry/duration.ts';
import { builtinField, type Signal } from '../telemetry/fields.ts';
import { stringText } from '../telemetry/filter/print.ts';
import { type Change, changeKinds } from '../telemetry/kubernetes/change.ts';
import { nearest } from '../telemetry/nearest.ts';
import type { Window } from '../telemetry/window.ts';
import type { MetricChanges } from './kubernetes-metrics.ts';
import type { Call } from './queries.ts';
import type { Note } from './results.ts';
import type { QueryContext } from './subject.ts';

/** What there is, where nothing is of the kinds that were asked for. */
export function otherKinds(all: readonly Change[]): Note {
  const counts = changeKinds.flatMap((kind) => {
    const count = all.filter((change) => change.kind === kind).length;
    return count === 0 ? [] : [`${count} ${kind}`];
  });
  return `nothing of these kinds; without kinds there are ${counts.join(', ')}`;
}

/** What there is no word of, and what would tell. */
export function sourceNotes({
  hasEvents,
  objects,
  metrics,
  isLimited,
}: {
  readonly hasEvents: boolean;
  /** Resources that are sent as objects. */
  readonly objects: readonly string[];
  readonly metrics: MetricChanges | undefined;
  readonly isLimited: boolean;
}): Note[] {
  const notes: Note[] = [];
  const others =
    objects.length === 0
      ? 'versions and pods that spans and logs name'
      : `objects (${objects.join(', ')}), and versions and pods that spans and logs name,`;
  const hidden = isLimited ? ' that this key may see' : '';
  const present = metrics?.present;
  const hasMetrics = metrics !== undefined && present?.length !== 0;
  if (!hasEvents && !hasMetrics) {
    notes.push(
      `there are neither Kubernetes events (in the window or the day before) nor metrics of Kubernetes objects (in the window)${hidden}, so only ${others} are compared: the Collector's receivers k8s_events (or k8sobjects with the resource events) and k8s_cluster send them, or kube-state-metrics`,
    );
  } else if (!hasEvents) {
    notes.push(
      `neither the window nor the day before holds Kubernetes events${hidden}, so failed scheduling, probes, image pulls and evictions are not told: the Collector's k8s_events receiver sends them, or k8sobjects with the resource events`,
    );
  } else if (!hasMetrics) {
    notes.push(
      `the window holds no metrics of Kubernetes objects${hidden}, so restarts, OOM kills, replicas and conditions of nodes are told by events${objects.length > 0 ? ' and objects' : ''} alone: the Collector's k8s_cluster receiver sends them, or kube-state-metrics`,
    );
  }
  if (hasMetrics && present !== undefined) {
    const lacks = missing.filter(
      ({ any }) => !any.some((name) => present.some((one) => one.startsWith(name))),
    );
    if (lacks.length > 0) {
      const told = [
        hasEvents ? 'events' : '',
        objects.length > 0 ? 'objects' : '',
        hasEvents ? '' : 'spans and logs',
      ];
      const alone = told.filter(Boolean).join(' and ');
      notes.push(
        `no metrics of ${lacks.map(({ what }) => what).join(' and ')} are stored: what changed there is known from ${alone} alone`,
      );
    }
  }
  if (isLimited) {
    notes.push(
      'nodes are in no namespace, so this key sees nothing of them; of events it sees those whose resource has k8s.namespace.name, which older versions of the k8s_events receiver leave to the groupbyattrs processor',
    );
  }
  return notes;
}

const missing = [
  { what: 'restarts', any: ['k8s_container_restarts', 'kube_pod_container_status_restarts_total'] },
  {
    what: 'replicas',
    any: [
      'k8s_deployment_desired',
      'k8s_statefulset_desired',
      'kube_deployment_spec_replicas',
      'kube_statefulset_replicas',
    ],
  },
] as const;

/** What of objects is not known, and how late it is. */
export function objectNotes({
  withoutBefore,
  interval,
  unread,
  leftOut,
}: {
  readonly withoutBefore: number;
  /** ns. */
  readonly interval: bigint;
  readonly unread: readonly string[];
  readonly leftOut: number;
}): Note[] {
  const minute = 60_000_000_000n;
  return [
    ...(unread.length > 0
      ? [
          `of the objects of ${unread.join(', ')} there is more than could be read, so they are not compared: narrow the window, or give a namespace`,
        ]
      : []),
    ...(leftOut > 0
      ? [
          `${leftOut} more objects or states of them were not compared: narrow the window, or give a namespace`,
        ]
      : []),
    ...(withoutBefore > 0
      ? [
          `${withoutBefore} ${withoutBefore === 1 ? 'object was' : 'objects were'} sent for the first time in the window, so whether ${withoutBefore === 1 ? 'it is' : 'they are'} other than before is not known: the k8sobjects receiver sends what there is before with include_initial_state, or in mode pull`,
        ]
      : []),
    ...(interval > minute
      ? [
          `objects are looked at every ${formatDuration(((interval + minute / 2n) / minute) * minute)}, so times of what they alone tell are up to that late, and what was undone in between is not seen`,
        ]
      : []),
  ];
}

/** What of spans and logs was not looked at, as the window is long. */
export function detailNotes(detail: 'all' | 'some' | 'none'): Note[] {
  switch (detail) {
    case 'some':
      return ['images and replica sets that spans and logs name are compared in windows of up to 3 h alone'];
    case 'none':
      return ['spans and logs are looked at for versions and pods in windows of up to a day alone'];
    case 'all':
      return [];
  }
}

/** What there is more than was read. */
export function leftOutNotes(events: number, metrics: MetricChanges | undefined, unseen: number): Note[] {
  const notes: Note[] = [];
  if (events > 0) notes.push(`${events} more events were not read: narrow the window, or give a namespace`);
  if (metrics !== undefined && metrics.cut.length > 0) {
    notes.push(
      `of ${metrics.cut.join(', ')} there is more than could be read: narrow the window, or give a namespace`,
    );
  }
  if (unseen > 0) {
    notes.push(`${unseen} more pods or versions of them were not looked at: give a namespace or workload`);
  }
  if (metrics !== undefined && metrics.observations.length > 0 && metrics.step > 60_000) {
    const step = formatDuration(BigInt(metrics.step) * 1_000_000n);
    notes.push(
      `times of metrics are up to ${step} late, as they are looked at that often in a window so long`,
    );
  }
  return notes;
}

/** Values that are looked at for near ones, and those that are named. */
const comparedValues = 1000;
const namedValues = 3;

/** Names of places that spans and logs of the window do not have, and what they have instead. */
export async function unknownPlace(
  { store }: QueryContext,
  window: Window,
  where: Whereabouts,
  { principal, signal: abort }: Call,
): Promise<Note[]> {
  const valuesOf = async (signal: Signal, name: keyof Whereabouts): Promise<readonly string[]> => {
    const table = store.table(signal);
    const field = builtinField(signal, name);
    if (table === undefined || field === undefined) return [];
    const selection = { window, scope: scopeOf(principal), field, part: '', limit: comparedValues };
    const found = await fieldValues(store.clickhouse, table, selection, { signal: abort });
    return found.values.map(({ value }) => value);
  };
  const notes: Note[] = [];
  for (const name of ['cluster', 'namespace', 'workload'] as const) {
    const asked = where[name];
    if (asked === undefined) continue;
    const values = [...new Set([...(await valuesOf('logs', name)), ...(await valuesOf('traces', name))])];
    if (values.length === 0 || values.includes(asked)) continue;
    const near = nearest(asked, values, namedValues);
    const named = (near.length > 0 ? near : values.slice(0, namedValues)).map(stringText).join(', ');
    notes.push({
      text: `no span or log of the window has the ${name} ${stringText(asked)}; there is ${named}`,
      quotesTelemetry: true,
    });
  }
  return notes;
}
