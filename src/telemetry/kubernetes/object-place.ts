import { workloadOfObject } from './kubernetes-object.ts';
import type { ComparedResource, KubernetesObject } from './object-state.ts';

/** What one object of a resource is called. */
export const objectKinds: Readonly<Record<ComparedResource, string>> = {
  nodes: 'Node',
  deployments: 'Deployment',
  statefulsets: 'StatefulSet',
  daemonsets: 'DaemonSet',
  horizontalpodautoscalers: 'HorizontalPodAutoscaler',
  configmaps: 'ConfigMap',
  secrets: 'Secret',
  jobs: 'Job',
  replicasets: 'ReplicaSet',
  pods: 'Pod',
};

/** Those that workloads refer to. */
export const isConfig = ({ resource }: KubernetesObject): boolean =>
  resource === 'configmaps' || resource === 'secrets';

/** The workload that an object is of; empty where it is of none, or of several. */
export function workloadOf({ resource, name, owner, states }: KubernetesObject): string {
  switch (resource) {
    case 'configmaps':
    case 'secrets':
    case 'nodes':
      return '';
    case 'horizontalpodautoscalers': {
      const state = states.flatMap(({ state }) => (typeof state === 'string' ? [] : [state])).at(-1);
      const target = state?.spec.get('scaleTargetRef.name');
      return typeof target === 'string' ? target : name;
    }
    default:
      return owner.name === ''
        ? workloadOfObject(objectKinds[resource], name)
        : workloadOfObject(owner.kind, owner.name);
  }
}
