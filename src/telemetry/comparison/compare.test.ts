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
    expect(changes.map(({ kind, before, after }) => [kind, before, after])).toEqual([['rate', 100, 402]]);
    expect(namedCauses(changes, window, baseline)).toEqual([]);
  });
});
