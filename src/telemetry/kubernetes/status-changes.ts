import type { Observation } from './change.ts';
import { failedReasons } from './metric-rules.ts';
import { type Condition, differences, type ObjectState } from './object-state.ts';

/** What of an observation a status tells; its place is that of the object. */
export type StatusChange = Pick<Observation, 'kind'> &
  Partial<Pick<Observation, 'topic' | 'count' | 'reason' | 'steps' | 'container'>> & {
    /** When it happened, as far as the status says; ns since the epoch. */
    readonly at?: bigint;
  };

type Both = readonly [before: ObjectState, after: ObjectState];

/** Containers of a pod that started anew or wait for what fails, and a pod that failed. */
export function podChanges([{ status: before }, { status: after }]: Both): StatusChange[] {
  const known = new Map(before.containers.map((one) => [one.name, one]));
  const ofContainers = after.containers.flatMap(
    ({ name, restarts, endedBy, ended, waitsFor }): StatusChange[] => {
      const old = known.get(name);
      const from = old?.restarts ?? 0;
      const kind = waitsFor === (old?.waitsFor ?? '') ? undefined : failedKind(waitsFor);
      return [
        ...(restarts > from
          ? [
              {
                kind: endedBy === 'OOMKilled' ? ('oom_kill' as const) : ('restart' as const),
                count: restarts - from,
                reason: endedBy || 'restarted',
                steps: [{ name: 'restarts', from: String(from), to: String(restarts) }],
                container: name,
                at: ended,
              },
            ]
          : []),
        ...(kind === undefined ? [] : [{ kind, reason: waitsFor, container: name }]),
      ];
    },
  );
  const failed = after.phase === 'Failed' && before.phase !== 'Failed';
  return [
    ...ofContainers,
    ...(failed
      ? [
          {
            kind: after.reason === 'Evicted' ? ('eviction' as const) : ('pod_failed' as const),
            reason: after.reason || 'Failed',
          },
        ]
      : []),
  ];
}

const failedKind = (reason: string) =>
  Object.hasOwn(failedReasons, reason) ? failedReasons[reason] : undefined;

/** Taints that Kubernetes sets itself say what conditions say. */
const ownTaint = 'node.kubernetes.io/';

/** Conditions of a node, whether it takes pods, its taints, labels and version. */
export function nodeChanges([before, after]: Both): StatusChange[] {
  const kind = 'node';
  const cordoned = ({ spec }: ObjectState): string => String(spec.get('unschedulable') === true);
  const version = ({ status }: ObjectState): string => status.kubeletVersion;
  return [
    ...conditionChanges([before, after]).map(({ type, from, to, since }) => ({
      kind: 'node' as const,
      topic: type,
      steps: [{ name: type, from, to }],
      at: since,
    })),
    ...(cordoned(before) === cordoned(after)
      ? []
      : [
          {
            kind,
            topic: 'Unschedulable',
            steps: [{ name: 'Unschedulable', from: cordoned(before), to: cordoned(after) }],
          } as const,
        ]),
    ...(version(before) === version(after)
      ? []
      : [
          {
            kind,
            topic: 'kubelet',
            steps: [{ name: 'kubelet', from: version(before), to: version(after) }],
          } as const,
        ]),
    ...differences(taints(before), taints(after)).map(
      ({ name, to }) =>
        ({
          kind,
          topic: 'taints',
          reason: `taint ${name} ${to === undefined ? 'removed' : 'added'}`,
        }) as const,
    ),
    ...differences(Object.entries(before.labels), Object.entries(after.labels)).map(
      ({ name }) => ({ kind, topic: 'labels', reason: `label ${name} changed` }) as const,
    ),
  ];
}

/** `key=value:effect` of each taint. */
function taints({ spec }: ObjectState): [string, true][] {
  const keys = [...spec].flatMap(([path, value]) =>
    /^taints\[.*\]\.key$/s.test(path) && typeof value === 'string' && !value.startsWith(ownTaint)
      ? [[path.slice(0, -'.key'.length), value] as const]
      : [],
  );
  return keys.map(([path, key]) => {
    const value = spec.get(`${path}.value`);
    return [`${key}${value === undefined ? '' : `=${value}`}:${spec.get(`${path}.effect`) ?? ''}`, true];
  });
}

/** Pods of a job that failed, and a job that did. */
export function jobChanges([before, after]: Both): StatusChange[] {
  const more = after.status.failed - before.status.failed;
  return [
    ...(more > 0 ? [{ kind: 'job' as const, count: more, reason: 'failed pods' }] : []),
    ...conditionChanges([before, after])
      .filter(({ type, to }) => type === 'Failed' && to === 'true')
      .map(({ reason, since }) => ({ kind: 'job' as const, reason: reason || 'Failed', at: since })),
  ];
}

/** A rollout that does not come to its end. */
export function deploymentChanges(both: Both): StatusChange[] {
  return conditionChanges(both)
    .filter(({ type, to }) => type === 'Progressing' && to === 'false')
    .map(({ reason, since }) => ({ kind: 'rollout', reason: reason || 'not progressing', at: since }));
}

interface ConditionChange extends Pick<Condition, 'type' | 'reason' | 'since'> {
  /** `true`, `false` or `unknown`, as metrics and events have them. */
  readonly from: string;
  readonly to: string;
}

function conditionChanges([before, after]: Both): ConditionChange[] {
  const known = new Map(before.status.conditions.map(({ type, status }) => [type, status.toLowerCase()]));
  return after.status.conditions.flatMap(({ type, status, reason, since }) => {
    const [from = 'false', to] = [known.get(type), status.toLowerCase()];
    return from === to ? [] : [{ type, reason, since, from, to }];
  });
}
