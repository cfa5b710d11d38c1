import fc from 'fast-check';
import type { Aggregates, MetricAggregate } from '../../src/telemetry/comparison/aggregates.ts';

const names = ['a', 'b', 'c'];
const STRETCHES = 5;

const counts = fc.array(fc.nat(30), { minLength: STRETCHES, maxLength: STRETCHES });
const histogram = fc
  .array(fc.tuple(fc.integer({ min: 300, max: 1200 }), fc.integer({ min: 1, max: 20 })), { maxLength: 6 })
  .map((buckets): ReadonlyMap<number, number> => new Map(buckets));
const histograms = fc.array(histogram, { minLength: STRETCHES, maxLength: STRETCHES });
const name = fc.constantFrom(...names);
const below = fc.array(fc.tuple(name, fc.nat(40)), { maxLength: 2 }).map((each) => new Map(each));
const level = fc.constantFrom('INFO', 'WARN', 'ERROR', '');

/** The members of each key once. */
const unique = <T>(members: fc.Arbitrary<T>, key: (each: T) => string) =>
  fc.uniqueArray(members, { selector: key, maxLength: 6 });

const operation = fc
  .record({
    ...{ workload: name, operation: name, requests: counts, shares: fc.array(fc.nat(100)) },
    ...{ failingBelow: below, duration: histograms, own: histograms },
  })
  .map(({ shares, ...each }) => ({
    ...each,
    failed: each.requests.map((n, i) => Math.floor((n * (shares[i] ?? 0)) / 100)),
  }));

const metric: fc.Arbitrary<MetricAggregate> = fc
  .record({
    kind: fc.constantFrom('gauge', 'counter'),
    workload: name,
    name: fc.constantFrom('k8s.pod.cpu.usage', 'kube_pod_container_status_restarts_total', 'queue_length'),
    values: fc.array(
      fc.tuple(fc.nat(STRETCHES - 1), fc.oneof(fc.nat(3), fc.double({ min: 0, max: 1e9, noNaN: true }))),
    ),
  })
  .map(({ kind, values, workload, name: metricName }) => {
    const series = { workload, pod: `${workload}-0`, name: metricName, labels: '' };
    return kind === 'gauge'
      ? { ...series, kind, samples: values }
      : { ...series, kind, samples: values.map(([at, value]) => [at, value, 60] as const) };
  });

/** Any aggregates at all, of few workloads. */
export const anyAggregates: fc.Arbitrary<Aggregates> = fc.record({
  stretches: fc.constant(STRETCHES),
  operations: unique(operation, (each) => each.workload + each.operation),
  calls: unique(
    fc.record({ client: name, server: name, calls: counts, gap: histograms }),
    (each) => each.client + each.server,
  ),
  unserved: unique(
    fc.record({ client: name, peer: fc.constantFrom('db', ''), calls: counts, duration: histograms }),
    (each) => each.client + each.peer,
  ).map((all) => all.map((each) => ({ ...each, failed: each.calls.map((n) => n >> 2) }))),
  patterns: unique(
    fc.record({
      ...{ workload: name, operation: name, level, pattern: name, requests: counts },
      failingBelow: below,
    }),
    (each) => each.workload + each.operation + each.level + each.pattern,
  ),
  lines: unique(
    fc.record({ workload: name, level, pattern: name, lines: counts }),
    (each) => each.workload + each.level + each.pattern,
  ),
  metrics: unique(metric, (each) => each.workload + each.name),
  pods: unique(fc.record({ workload: name, pod: name, records: counts }), (each) => each.workload + each.pod),
});
