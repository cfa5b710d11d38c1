import { casesOf } from '../case.ts';

export const kubernetesCases = casesOf('get-kubernetes-changes', [
  {},
  { limit: 1 },
  { max_tokens: 1000 },
  { from_time: 'now-4h' },
  { from_time: 'now-30d', to_time: 'now+1d' },
  { kinds: ['restart', 'node'] },
  { kinds: ['probe', 'scaling', 'pods'] },
  { kinds: ['config', 'rollout'] },
  { namespace: 'shop' },
  { workload: 'cart' },
  { cluster: 'canaryus' },
]);
