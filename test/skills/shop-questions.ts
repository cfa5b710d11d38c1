/** What a skill is asked about the shop, and what the answers have to show of the fault there. */
export interface ShopQuestion {
  readonly skill: string;
  readonly namespace: string;
  readonly workload: string;
  /** By tool, in the order of its calls: what its answer shows. */
  readonly shows: readonly (readonly [tool: string, found: RegExp])[];
}

export const shopQuestions: readonly ShopQuestion[] = [
  { skill: 'kubesense-tools', namespace: 'payments', workload: 'payments', shows: [] },
  {
    skill: 'kubesense-logs',
    namespace: 'payments',
    workload: 'payments',
    shows: [
      ['find-log-patterns', /^new, q=.*ERROR.*\n.*no connection to the card network/m],
      ['search-logs', /no connection to the card network/],
      ['get-trace', /ERROR 50\d: timeout: no connection to the card network/],
    ],
  },
  {
    skill: 'kubesense-traces',
    namespace: 'storefront',
    workload: 'catalog',
    shows: [['get-trace', /\t7\d\d\S*\t=\t *render prices$/m]],
  },
  {
    skill: 'kubesense-metrics',
    namespace: 'default',
    workload: 'auth-service',
    shows: [['analyze-metrics', /^\d\tauth-service-/m]],
  },
  {
    skill: 'kubesense-cross-signal',
    namespace: 'storefront',
    workload: 'cart',
    shows: [['analyze-telemetry', /^cart\t/m]],
  },
  {
    skill: 'kubesense-triage',
    namespace: 'payments',
    workload: 'payments',
    shows: [
      ['compare-windows', /^\d\. errors in \S+\/payments; strength/m],
      ['analyze-telemetry', /^payments\t[34]\d\.\d+/m],
      ['find-log-patterns', /^new, q=.*ERROR.*\n.*no connection to the card network/m],
    ],
  },
  {
    skill: 'kubesense-latency',
    namespace: 'storefront',
    workload: 'catalog',
    shows: [
      ['compare-windows', /^1\. a slow code path in \S+\/catalog: its own time rose/m],
      ['get-trace', /\t7\d\d\S*\t=\t *render prices$/m],
    ],
  },
  {
    skill: 'kubesense-latency',
    namespace: 'default',
    workload: 'service-a',
    shows: [
      ['compare-windows', /^1\. network or queues between \S+\/service-[ab] and \S+\/service-[ab];/m],
      ['get-service-map', /service-a\t\S*service-b\t.*\t1[45]\d ms(?:\t|$)/m],
      ['get-trace', /client GET; gap 1[45]\d ms/],
    ],
  },
  {
    skill: 'kubesense-errors',
    namespace: 'payments',
    workload: 'payments',
    shows: [
      ['compare-windows', /^\d\. errors in \S+\/payments; strength/m],
      ['get-trace', /ERROR 50\d: timeout: no connection to the card network/],
      ['get-field-values', /^timeout: no connection to the card network\t/m],
      ['find-log-patterns', /^new, q=.*ERROR.*\n.*no connection to the card network/m],
    ],
  },
  {
    skill: 'kubesense-rollout',
    namespace: 'storefront',
    workload: 'cart',
    shows: [
      ['get-kubernetes-changes', / rollout \S+\/cart: app_version 1\.8\.2 → 1\.9\.0;/],
      ['analyze-telemetry', /^1\.9\.0\t[34]\d\.\d+/m],
      ['find-log-patterns', /^new, q=.*ERROR.*\n.*unknown command GETEX/m],
    ],
  },
  {
    skill: 'kubesense-resource-pressure',
    namespace: 'default',
    workload: 'auth-service',
    shows: [
      ['compare-windows', /^1\. resource pressure in \S*auth-service; strength/m],
      ['analyze-metrics', /^1\tauth-service-\S+\t[\d.]+\t0\.97\t/m],
    ],
  },
  {
    skill: 'kubesense-incident-report',
    namespace: 'payments',
    workload: 'payments',
    shows: [
      ['find-log-patterns', /^new, q=.*ERROR.*\n.*no connection to the card network/m],
      ['get-trace', /ERROR 50\d: timeout: no connection to the card network/],
    ],
  },
];
