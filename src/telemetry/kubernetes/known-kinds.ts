import { type ChangeKind, changeKinds } from './change.ts';
import { containerInfo, lastTerminatedReason, type MetricRule, metricRules } from './metric-rules.ts';
import type { ComparedResource } from './object-state.ts';

/** What no event tells: the end of a container by its memory limit and a failed pod show in their status alone. */
const notInEvents: ReadonlySet<ChangeKind> = new Set(['oom_kill', 'pod_failed', 'config', 'spec']);

/** Kinds of changes that events of Kubernetes tell of. */
export const kindsOfEvents: readonly ChangeKind[] = changeKinds.filter((kind) => !notInEvents.has(kind));

/** Kinds of changes that metrics of these names tell of. */
export function kindsOfMetrics(names: readonly string[]): ChangeKind[] {
  return [
    ...metricRules.filter(({ metric }) => names.includes(metric)).flatMap(kindsOf),
    ...(names.includes(lastTerminatedReason) ? (['oom_kill'] as const) : []),
    ...(names.includes(containerInfo) ? (['rollout'] as const) : []),
  ];
}

function kindsOf({ kind, reading }: MetricRule): ChangeKind[] {
  switch (reading.as) {
    case 'label':
      return [kind, ...Object.values(reading.kinds)];
    case 'replica set':
      return [kind, 'rollout'];
    default:
      return [kind];
  }
}

const kindsByResource: Readonly<Record<ComparedResource, readonly ChangeKind[]>> = {
  nodes: ['node'],
  deployments: ['rollout', 'scaling', 'spec'],
  statefulsets: ['rollout', 'scaling', 'spec'],
  daemonsets: ['rollout', 'spec'],
  horizontalpodautoscalers: ['scaling'],
  configmaps: ['config'],
  secrets: ['config'],
  jobs: ['job'],
  replicasets: ['rollout', 'scaling'],
  pods: ['oom_kill', 'restart', 'pod_failed', 'eviction', 'image_pull', 'pods'],
};

/** Kinds of changes that objects of these resources tell of. */
export function kindsOfObjects(resources: readonly ComparedResource[]): ChangeKind[] {
  return resources.flatMap((resource) => kindsByResource[resource]);
}

/**
 * Kinds of which nothing is known, of those that were asked for: where nothing of them is found, that is no sign
 * that nothing happened.
 */
export function unknownKinds(
  asked: ReadonlySet<ChangeKind> | undefined,
  told: readonly ChangeKind[],
): ChangeKind[] {
  return changeKinds.filter((kind) => (asked === undefined || asked.has(kind)) && !told.includes(kind));
}
