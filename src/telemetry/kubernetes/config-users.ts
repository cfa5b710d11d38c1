import type { Observation } from './change.ts';
import { workloadOf } from './object-place.ts';
import type { KubernetesObject } from './object-state.ts';

/** At so many workloads a change of a ConfigMap or Secret is told at each; with more it is told once, at none. */
const mostUsers = 3;

/**
 * A change of a ConfigMap or Secret, at the workloads that refer to it.
 *
 * @param asked the workload that was asked for
 */
export function atUsers(
  object: KubernetesObject,
  one: Observation,
  users: ReadonlyMap<string, ReadonlySet<string>>,
  asked: string | undefined,
): Observation[] {
  const { cluster, namespace, name, resource } = object;
  const found = users.get(JSON.stringify([cluster, namespace, resource, name]));
  if (found === undefined) return [one];
  if (asked !== undefined && found.has(asked)) return [{ ...one, workload: asked }];
  return found.size > mostUsers ? [one] : [...found].map((workload) => ({ ...one, workload }));
}

const referencePaths = [
  [/\.(?:configMap|configMapRef|configMapKeyRef)\.name$/, 'configmaps'],
  [/\.(?:secretRef|secretKeyRef)\.name$|\.secret\.(?:secretName|name)$/, 'secrets'],
] as const;

/** Which workloads refer to a ConfigMap or Secret, by what is known of them last. */
export function usersOf(objects: readonly KubernetesObject[]): Map<string, Set<string>> {
  const users = new Map<string, Set<string>>();
  for (const object of objects) {
    const state = object.states.flatMap(({ state }) => (typeof state === 'string' ? [] : [state])).at(-1);
    for (const [path, name] of state?.spec ?? []) {
      if (!path.startsWith('template.spec.')) continue;
      const resource = referencePaths.find(([pattern]) => pattern.test(path))?.[1];
      if (resource === undefined || typeof name !== 'string') continue;
      const key = JSON.stringify([object.cluster, object.namespace, resource, name]);
      users.set(key, (users.get(key) ?? new Set()).add(workloadOf(object)));
    }
  }
  return users;
}
