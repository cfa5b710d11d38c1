import { casesOf, type ToolCase } from '../case.ts';

const searches = [
  '',
  'k8s',
  'canary',
  'canaryeubank',
  'tenant',
  'name',
  'resource',
  'nothing-like-it',
  '@team',
];
const windows = [{}, { from_time: 'now-4h', to_time: 'now-2h' }, { from_time: 'now-30d', to_time: 'now+1d' }];

export const discoveryCases: readonly ToolCase[] = [
  ...casesOf(
    'get-trace-or-log-fields',
    ['logs', 'traces'].flatMap((datasource) =>
      searches.flatMap((search) => windows.map((window) => ({ datasource, search, ...window }))),
    ),
  ),
  ...casesOf('get-available-metrics', [
    {},
    { limit: 1 },
    { limit: 100_000 },
    { keyword: 'canary' },
    { keyword: 'secret' },
    { keyword: 'canaryeubank_secret' },
    { keyword: 'canaryeubank_secrts' },
    { keyword: 'secrets requests' },
    { keyword: ['secrets', 'total'] },
    { keyword: 'requests' },
    { keyword: 'latency' },
    { keyword: 'target.info' },
    { keyword: 'nothing-like-it' },
  ]),
  ...casesOf(
    'get-metric-labels',
    [
      'requests_total',
      'heap_bytes',
      'heap',
      'heap_canaryeubank',
      'mixed',
      'latency',
      'target_info',
      'canaryeubank_secrets_total',
      'canaryeubank_secrets',
      'canaryeubank_secret_total',
      'secrets_total',
      'requests_totl',
    ].flatMap((metric_name) => [
      { metric_name },
      { metric_name, from_time: 'now-30m' },
      { metric_name, from_time: 'now-30d', to_time: 'now-20d' },
    ]),
  ),
];
