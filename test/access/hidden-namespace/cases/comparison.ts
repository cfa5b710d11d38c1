import { casesOf } from '../case.ts';

/** Comparisons of windows, with baselines that are given, chosen, and before all that a key sees. */
export const comparisonCases = casesOf('compare-windows', [
  { from_time: 'now-30m' },
  { from_time: 'now-20m', to_time: 'now-10m' },
  { from_time: 'now-30m', baseline_from: 'now-60m', workload: 'cart' },
  { from_time: 'now-4h', to_time: 'now-1h', filters: 'namespace != shop' },
  { from_time: 'now-1h', baseline_from: 'now-5h', baseline_to: 'now-2h', limit: 200, max_tokens: 20_000 },
  { from_time: 'now-10m', workload: 'crat' },
  { from_time: 'now-1h', filters: 'namespace IN (shop, vault)' },
]);
