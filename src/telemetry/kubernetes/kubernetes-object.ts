import { podOwnerPattern } from '../workload.ts';

const podOwner = new RegExp(podOwnerPattern, 's');

/** The hash that a deployment gives to the name of its replica set. */
const replicaSetOwner = /^(.+)-(?:[bcdfghjklmnpqrstvwxz2456789]{5,10}|[0-9a-f]{8,10})$/s;

/** The minute, or before Kubernetes 1.21 the second, that a cronjob gives to the name of its job. */
const jobOwner = /^(.+)-[0-9]{8,10}$/s;

/** The workload that an object of Kubernetes belongs to, as far as its name says. */
export function workloadOfObject(kind: string, name: string): string {
  switch (kind) {
    case 'Node':
      return '';
    case 'Pod':
      return podOwner.exec(name)?.[1] ?? name;
    case 'ReplicaSet':
      return replicaSetOwner.exec(name)?.[1] ?? name;
    case 'Job':
      return jobOwner.exec(name)?.[1] ?? name;
    default:
      return name;
  }
}

/** The container in the path of a pod's field, such as `spec.containers{app}`; empty for none. */
export function containerOfPath(path: string): string {
  return /^spec\.(?:init|ephemeral)?[cC]ontainers\{([^}]*)\}$/.exec(path)?.[1] ?? '';
}
