import type { Limits } from '../../../src/access/principal.ts';

/** Where telemetry is from. */
export interface Origin {
  readonly cluster?: string;
  readonly namespace?: string;
  /** Begins the names and values that records of this origin alone have; absent for what all keys may see. */
  readonly tag?: string;
}

/**
 * Of all origins but the first some key sees nothing. Their tags and names begin with `canary`, so that what
 * is of them can be told wherever it appears.
 */
export const origins: readonly Origin[] = [
  { cluster: 'eu', namespace: 'shop' },
  { cluster: 'eu', namespace: 'canarybank', tag: 'canaryeubank' },
  { cluster: 'canaryus', namespace: 'shop', tag: 'canaryusshop' },
  { cluster: 'canaryus', namespace: 'canarybank', tag: 'canaryusbank' },
  { cluster: 'eu', namespace: 'shop-canarytwo', tag: 'canarytwo' },
  { tag: 'canarynone' },
];

export interface LimitedKey {
  readonly name: string;
  readonly limits: Limits;
}

/** The narrowest first. */
export const limitedKeys: readonly LimitedKey[] = [
  // The second of each would match more, where it was taken for a pattern.
  { name: 'both', limits: { clusters: ['eu', '.*'], namespaces: ['shop', 'sh.p', 'canary.*', '%'] } },
  { name: 'namespace', limits: { namespaces: ['shop'] } },
  { name: 'cluster', limits: { clusters: ['eu'] } },
  { name: 'nowhere', limits: { namespaces: ['nowhere'] } },
];

/** What a key may see, said once more: by plain comparison. */
export function sees({ clusters, namespaces }: Limits, { cluster = '', namespace = '' }: Origin): boolean {
  return (clusters?.includes(cluster) ?? true) && (namespaces?.includes(namespace) ?? true);
}
