import { describe, expect, it } from 'vitest';
import type { Aggregates } from './aggregates.ts';
import { namedCauses } from './causes.ts';
import { compareWindows } from './compare.ts';

const NOTHING: Aggregates = {
  stretches: 4,
  operations: [],
  calls: [],
  unserved: [],
  patterns: [],
  lines: [],
  metrics: [],
  pods: [],
};

const operation = (
  workload: string,
  requests: number[],
  failed: number[],
  failingBelow: [string, number][] = [],
) => ({
  workload,
  operation: 'GET /',
  requests,
  failed,
  failingBelow: new Map(failingBelow),
  duration: requests.map(() => new Map()),
  own: requests.map(() => new Map()),
});

const call = (client: string, server: string) => ({
  client,
  server,
  calls: [10, 10, 10, 10],
  gap: [0, 1, 2, 3].map(() => new Map()),
});

describe('failures', () => {
  it('begin where their share rises, and are named in the workload that is called', () => {
    const calls = [call('shop', 'ledger')];
    const healthy = [0, 0, 0, 0];
    const busy = [50, 50, 50, 50];
    const baseline = {
      ...NOTHING,
      calls,
      operations: ['shop', 'ledger'].map((w) => operation(w, busy, healthy)),
    };
    const window = {
      ...NOTHING,
      calls,
      operations: [
        operation('shop', busy, [0, 0, 25, 25], [['ledger', 50]]),
        operation('ledger', busy, [0, 0, 25, 25], [['shop', 50]]),
      ],
    };
    const changes = compareWindows(baseline, window);
    expect(
      changes.map(({ kind, workload, before, after, onset }) => [kind, workload, before, after, onset]),
    ).toEqual([
      ['errors', 'ledger', 0, 0.25, 2],
      ['errors', 'shop', 0, 0.25, 2],
    ]);
    expect(
      namedCauses(changes, window, baseline).map(({ workload, explainedBy }) => [workload, explainedBy]),
    ).toEqual([
      ['ledger', ''],
      ['shop', 'ledger'],
    ]);
  });

  it('that are many but few in number are likely, not sure', () => {
    const of = (workload: string, failed: number[]) => operation(workload, [3, 3, 2, 2], failed);
    // Ten others that could fail too: 5 of 10 against none (p = 0.008) is not enough among so many.
    const others = Array.from({ length: 10 }, (_, i) => of(`other-${i}`, [1, 1, 1, 1]));
    const baseline = { ...NOTHING, operations: [...others, of('codes', [0, 0, 0, 0])] };
    const window = { ...NOTHING, operations: [...others, of('codes', [2, 1, 1, 1])] };
    expect(compareWindows(baseline, window).map(({ workload, sure }) => [workload, sure])).toEqual([
      ['codes', false],
    ]);
  });
});

describe('rates', () => {
  it('are changes of traffic, and name no cause', () => {
    const healthy = [0, 0, 0, 0];
    const baseline = { ...NOTHING, operations: [operation('shop', [100, 104, 96, 100], healthy)] };
    const window = { ...NOTHING, operations: [operation('shop', [400, 390, 410, 404], healthy)] };
    const changes = compareWindows(baseline, window);
    expect(changes.map(({ kind, before, after }) => [kind, before, after])).toEqual([['rate', 100, 401]]);
    expect(namedCauses(changes, window, baseline)).toEqual([]);
  });

  const requests = (counts: number[]): Aggregates => ({
    ...NOTHING,
    stretches: counts.length,
    operations: [
      operation(
        'shop',
        counts,
        counts.map(() => 0),
      ),
      operation(
        'till',
        counts.map(() => 50),
        counts.map(() => 0),
      ),
    ],
  });

  it('of rare requests are counts, not medians of stretches', () => {
    const chance = [
      [2, 0, 1, 0, 0, 2, 0, 1],
      [1, 2, 1, 0, 2, 1, 1, 0],
    ].map(requests);
    expect(compareWindows(chance[0] ?? NOTHING, chance[1] ?? NOTHING)).toEqual([]);
    const [rare, often] = [requests([2, 0, 0, 1, 0, 2, 0, 1]), requests([5, 6, 0, 8, 7, 4, 6, 4])];
    expect(
      compareWindows(rare, often).map(({ kind, before, after, samples }) => [kind, before, after, samples]),
    ).toEqual([['rate', 6 / 8, 5, [6, 40]]]);
  });

  it('begin in a stretch of the window, those without any records counted', () => {
    const [calm, busy] = [requests([20, 20, 20, 20, 20, 20]), requests([0, 0, 20, 90, 92, 91])];
    const silent = (i: number) => i < 2;
    const window = {
      ...busy,
      operations: busy.operations.map((each) => ({
        ...each,
        requests: each.requests.map((n, i) => (silent(i) ? 0 : n)),
      })),
    };
    expect(compareWindows(calm, window).map(({ kind, onset }) => [kind, onset])).toEqual([['rate', 3]]);
  });
});

describe('pods', () => {
  const pod = (name: string, records: number[]) => ({ workload: 'shop', pod: name, records });
  const metric = (name: string) => ({
    workload: 'shop',
    pod: name,
    name: 'cpu',
    labels: '',
    kind: 'gauge' as const,
    samples: [0, 1, 2, 3].map((i): [number, number] => [i, 1]),
  });
  const kindsOf = (baseline: Aggregates, window: Aggregates) =>
    compareWindows(baseline, window).map(({ kind, pod }) => [kind, pod]);
  const usual = pod('shop-1', [40, 40, 40, 40]);
  const fresh = pod('shop-2', [0, 40, 40, 40]);

  it('are new beside others of their workload', () => {
    expect(kindsOf({ ...NOTHING, pods: [usual] }, { ...NOTHING, pods: [usual, fresh] })).toEqual([
      ['new-pod', 'shop-2'],
    ]);
  });

  it('are not, where their metrics were there, or their workload recorded nothing', () => {
    const window = { ...NOTHING, pods: [usual, fresh], metrics: [metric('shop-1'), metric('shop-2')] };
    expect(kindsOf({ ...window, pods: [usual] }, window)).toEqual([]);
    expect(kindsOf({ ...NOTHING, pods: [] }, { ...NOTHING, pods: [usual] })).toEqual([]);
  });
});
