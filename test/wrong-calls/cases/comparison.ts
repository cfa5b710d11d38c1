import type { WrongCall } from '../wrong-call.ts';

const lastMinutes = { from_time: 'now-5m' };

const comparison = (
  args: WrongCall['args'],
  says: string,
  right: WrongCall['args'],
  common: WrongCall['args'] = lastMinutes,
): WrongCall => ({
  tool: 'compare-windows',
  args: { ...common, ...args },
  says,
  right: { ...common, ...right },
});

const taken = (args: WrongCall['args'], says?: string): WrongCall => ({
  tool: 'compare-windows',
  args: { ...lastMinutes, ...args },
  ...(says !== undefined && { says }),
  taken: true,
});

/** Wrong times, baselines, workloads and filters of compare-windows; the shop records from 11:45 to 12:00, its clock's now. */
export const wrongComparisons: readonly WrongCall[] = [
  comparison({ from_time: 'five minutes ago' }, 'now-15m', {}),
  comparison({ from_time: 'now', to_time: 'now-5m' }, 'must be before', {
    from_time: 'now-5m',
    to_time: 'now',
  }),
  comparison({ baseline_from: 'yesterday' }, 'now-1d', { baseline_from: 'now-10m' }),
  comparison({ baseline_to: '10 minutes ago' }, 'now-10m', { baseline_to: 'now-10m' }),
  comparison({ baseline_from: 'now-2m' }, 'baseline_to', { baseline_from: 'now-2m', baseline_to: 'now' }),
  comparison({ baseline_from: 'now-10m', baseline_to: 'now-12m' }, 'must be before', {
    ...{ baseline_from: 'now-12m', baseline_to: 'now-10m' },
  }),
  comparison({ baseline_from: '' }, 'now-15m', { baseline_from: 'now-15m' }),
  comparison(
    { baseline_from: 'now-3h', baseline_to: 'now-2h' },
    'leave baseline_from and baseline_to out',
    {},
  ),
  comparison(
    { baseline_from: '2025-06-15T12:30:00Z', baseline_to: '2025-06-15T12:40:00Z' },
    'leave baseline_from and baseline_to out',
    {},
  ),

  comparison({ baseline: 'now-10m' }, '"baseline_from"', { baseline_from: 'now-10m' }),
  comparison({ baseline_start: 'now-10m' }, '"baseline_from"', { baseline_from: 'now-10m' }),
  comparison({ baseline_end: 'now-5m' }, '"baseline_to"', { baseline_to: 'now-5m' }),
  comparison({ compare_to: 'now-10m' }, '"baseline_from"', { baseline_from: 'now-10m' }),
  comparison({ start: 'now-5m' }, '"from_time"', {}),
  comparison({ namespace: 'payments' }, 'namespace = "payments"', { filters: 'namespace = "payments"' }),
  comparison({ pod: 'kafka-0' }, 'pod = "kafka-0"', { filters: 'pod = "kafka-0"' }),
  comparison({ groupBy: ['workload'] }, 'analyze-traces', {}),
  comparison({ workload: ['checkout', 'ledger'] }, 'takes text', { workload: 'checkout' }),
  comparison({ limit: 0 }, 'from 1 to 200', { limit: 1 }),
  taken({ limit: 500 }, 'lowered to 200'),
  taken({ service: 'checkout' }),
  taken({ baselineFrom: 'now-10m', baselineTo: 'now-5m' }),

  comparison({ filters: 'level = ERROR' }, 'Leave it out', {}),
  comparison({ filters: 'status = error' }, 'Leave it out', {}),
  comparison({ filters: 'duration > 500ms' }, 'Leave it out', {}),
  comparison({ filters: 'namespace = payments AND NOT operation_name = "GET /"' }, 'namespace', {
    filters: 'namespace = payments',
  }),
  comparison({ filters: 'namespce = payments' }, 'namespace = payments', { filters: 'namespace = payments' }),
  comparison({ filters: 'namespace = payments AND' }, 'namespace = payments', {
    filters: 'namespace = payments',
  }),
  taken({ filters: 'namespace = paymnets' }, "'payments'"),
  taken({ workload: 'chekout' }, "'checkout'"),
  taken({ workload: 'checkout-7d9f8b6c5d-x2x7k' }, "'checkout'"),
  taken({ workload: 'paymnts/ledger' }, "'payments'"),
  taken({ workload: 'checkout', filters: 'namespace = storefront' }, "without namespace = 'storefront'"),

  taken({ baseline_from: 'now-7m', baseline_to: 'now-2m' }, 'give a time outside of the window'),
  taken({ from_time: 'now-1h' }, '2025-06-15T11:52:30Z'),
  taken({ from_time: 'now-30d' }, '2025-06-15T11:52:30Z'),
  taken({ from_time: 'now-14m' }, '2025-06-15T11:52:30Z'),
  taken({ from_time: 'now-1h', to_time: 'now-30m' }, 'the first after it at 2025-06-15T11:45:0'),
  taken({ from_time: '2020-01-01', to_time: '2020-01-02' }, 'the first after it at 2025-06-15T11:45:0'),
  taken(
    { from_time: '2025-06-15T12:01:00Z', to_time: '2025-06-15T12:30:00Z' },
    'the last before it at 2025-06-15T11:59:',
  ),
];
