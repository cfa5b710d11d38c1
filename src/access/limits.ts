import type { Limits } from './principal.ts';

/** What may be seen under both limits. An absent list is no limit, an empty one hides all. */
export function narrowed(limits: Limits, by: Limits): Limits {
  const clusters = both(limits.clusters, by.clusters);
  const namespaces = both(limits.namespaces, by.namespaces);
  return { ...(clusters && { clusters }), ...(namespaces && { namespaces }) };
}

/** Whether whoever has the inner limits sees nothing that the outer ones hide. */
export function isWithin(inner: Limits, outer: Limits): boolean {
  return isPart(inner.clusters, outer.clusters) && isPart(inner.namespaces, outer.namespaces);
}

export function isLimited({ clusters, namespaces }: Limits): boolean {
  return clusters !== undefined || namespaces !== undefined;
}

type Names = readonly string[] | undefined;

function both(a: Names, b: Names): Names {
  if (a === undefined || b === undefined) return a ?? b;
  return a.filter((name) => b.includes(name));
}

const isPart = (inner: Names, outer: Names): boolean =>
  outer === undefined || (inner?.every((name) => outer.includes(name)) ?? false);
