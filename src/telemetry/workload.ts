/** The alphabet of generated Kubernetes names (k8s.io/apimachinery/pkg/util/rand). */
const suffix = '[bcdfghjklmnpqrstvwxz2456789]';

/**
 * Captures the prefix of a pod's name that its controller gave it: without `-<hash>-<5>`, `-<5>` or
 * `-<ordinal>`. RE2 and JavaScript read it alike.
 */
export const podOwnerPattern = `^(.+?)-(?:(?:${suffix}{5,10}|[0-9a-f]{8,10})-${suffix}{5}|${suffix}{5}|[0-9]+)$`;

const podOwner = new RegExp(podOwnerPattern, 's');

/** Resource attributes that name a workload, the controller of a controller first. */
export const workloadAttributes: readonly string[] = [
  'cronjob',
  'deployment',
  'statefulset',
  'daemonset',
  'job',
].map((kind) => `k8s.${kind}.name`);

/**
 * The workload that a resource belongs to: its controller's name, else the pod's without its generated
 * ending, else the service's; the empty text where there is none of them.
 *
 * @param attributeOf the value of a resource attribute; empty or undefined where there is none
 */
export function workloadOf(attributeOf: (name: string) => string | undefined): string {
  for (const name of workloadAttributes) {
    const value = attributeOf(name);
    if (value) return value;
  }
  return podOwnerOf(attributeOf('k8s.pod.name') ?? '') || (attributeOf('service.name') ?? '');
}

/** A pod's name without its generated ending; the whole name where it has none. */
export const podOwnerOf = (pod: string): string => podOwner.exec(pod)?.[1] ?? pod;
