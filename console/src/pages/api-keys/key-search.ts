import type { ApiKey } from '../../api/answers.ts';

/** Which keys are listed: those that work, those that were revoked or expired, or both. */
export type Shown = 'active' | 'ended' | 'all';

/** The keys that contain every word of `search`, in any case; those that work first, then the newest. */
export function foundKeys(keys: readonly ApiKey[], search: string, shown: Shown): ApiKey[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return keys
    .filter(({ state }) => shown === 'all' || (state === 'active') === (shown === 'active'))
    .filter((key) => {
      const text = textOf(key);
      return words.every((word) => text.includes(word));
    })
    .sort((one, other) => rank(one) - rank(other) || madeAt(other) - madeAt(one));
}

function textOf({ id, name, roles, limits, state, source }: ApiKey): string {
  const { clusters = [], namespaces = [] } = limits;
  return [id, name, state, source, ...roles, ...clusters, ...namespaces].join(' ').toLowerCase();
}

const rank = ({ state }: ApiKey): number => (state === 'active' ? 0 : 1);
const madeAt = ({ created_at }: ApiKey): number => (created_at === null ? 0 : Date.parse(created_at));
