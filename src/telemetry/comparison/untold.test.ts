import { expect, it } from 'vitest';
import type { Aggregates } from './aggregates.ts';
import { untoldOf } from './untold.ts';

const NOTHING: Aggregates = {
  ...{
    stretches: 2,
    operations: [],
    calls: [],
    unserved: [],
    patterns: [],
    lines: [],
    metrics: [],
    pods: [],
  },
};

const operation = (workload: string, requests: number[], failed: number[]) => ({
  ...{ workload, operation: 'GET /', requests, failed },
  failingBelow: new Map(),
  duration: requests.map(() => new Map()),
  own: requests.map(() => new Map()),
});

it('is everything without a baseline', () => {
  expect(untoldOf(undefined, NOTHING, [], [])).toEqual([{ code: 'no-baseline' }]);
});

it('is nothing where nothing is missing', () => {
  const pod = { workload: 'shop', pod: 'shop-0', name: 'cpu', labels: '' };
  const window: Aggregates = {
    ...NOTHING,
    operations: [operation('shop', [100, 100], [0, 1])],
    metrics: [{ ...pod, kind: 'gauge', samples: [[0, 1]] }],
  };
  expect(untoldOf(window, window, [], [])).toEqual([]);
});

it('names what stands, what is not recorded, and what is too rare', () => {
  const pattern = { workload: 'shop', operation: 'GET /', level: 'ERROR', pattern: 'no stock' };
  const window: Aggregates = {
    ...NOTHING,
    operations: [operation('shop', [100, 100], [10, 10]), operation('rare', [1, 2], [0, 0])],
    patterns: [{ ...pattern, requests: [4, 4], failingBelow: new Map() }],
    lines: [{ workload: 'mailer', level: 'INFO', pattern: 'sent', lines: [1, 1] }],
    unserved: [
      { client: 'shop', peer: 'shop-db', calls: [5, 5], failed: [0, 0], duration: [new Map(), new Map()] },
    ],
  };
  expect(untoldOf(window, window, [], [])).toEqual([
    {
      code: 'standing-failures',
      failures: [{ workload: 'shop', subject: 'GET /', before: 0.1, after: 0.1 }],
    },
    { code: 'no-spans', workloads: ['mailer'] },
    { code: 'no-metrics', workloads: ['rare', 'shop'] },
    { code: 'few-requests', operations: [{ workload: 'rare', operation: 'GET /', requests: [3, 3] }] },
    { code: 'unrecorded-peers', calls: [{ client: 'shop', peer: 'shop-db' }] },
  ]);
});

it('takes for standing what did not become much rarer', () => {
  const failing = (failed: number[]): Aggregates => ({
    ...NOTHING,
    operations: [operation('shop', [100, 100], failed)],
  });
  const codes = (before: number[], after: number[]) =>
    untoldOf(failing(before), failing(after), [], []).map(({ code }) => code);
  expect(codes([20, 20], [12, 12])).toEqual(['standing-failures', 'no-metrics']);
  expect(codes([20, 20], [8, 8])).toEqual(['no-metrics']);
});

it('is silent on calls to nobody named, and on workloads that record no more than metrics', () => {
  const window: Aggregates = {
    ...NOTHING,
    operations: [operation('shop', [100, 100], [0, 0])],
    unserved: [{ client: 'shop', peer: '', calls: [5, 5], failed: [0, 0], duration: [new Map(), new Map()] }],
    metrics: ['shop', 'idle'].map((workload) => ({
      ...{ workload, pod: `${workload}-0`, name: 'cpu', labels: '', kind: 'gauge' },
      samples: [[0, 1]],
    })),
  };
  expect(untoldOf(window, window, [], [])).toEqual([]);
});

it('says that network and CPU look alike where no CPU is measured, and which causes are as good', () => {
  const cause = { peer: '', explainedBy: '', evidence: [] };
  const causes = [
    { ...cause, kind: 'network' as const, workload: 'ledger', score: 0.6 },
    { ...cause, kind: 'errors' as const, workload: 'shop', score: 0.58 },
  ];
  expect(untoldOf(NOTHING, NOTHING, [], causes)).toEqual([
    { code: 'close-causes', workloads: ['ledger', 'shop'] },
    { code: 'network-or-cpu', workloads: ['ledger'] },
  ]);
});
