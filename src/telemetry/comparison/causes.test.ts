import { describe, expect, it } from 'vitest';
import type { Aggregates } from './aggregates.ts';
import { namedCauses } from './causes.ts';
import type { Change, ChangeKind } from './changes.ts';
import { PLACE, type Place } from './make-change.ts';

const change = (
  kind: ChangeKind,
  place: Partial<Place>,
  strength: number,
  more: Partial<Change> = {},
): Change => ({
  ...PLACE,
  ...{ kind, unit: 'share', before: 0, after: 0.5, samples: [100, 100], onset: 1, sure: true },
  ...place,
  test: { p: 1e-6, least: 0, delta: strength, strength },
  ...more,
});

/** shop calls cart and pay; cart and pay call their databases, pay a bank too. */
const WORLD: Aggregates = {
  ...{ stretches: 2, patterns: [], lines: [], metrics: [], pods: [] },
  operations: ['shop', 'cart', 'pay', 'bank'].map((workload) => ({
    ...{ workload, operation: 'GET /', requests: [50, 50], failed: [0, 0], failingBelow: new Map() },
    ...{ duration: [new Map(), new Map()], own: [new Map(), new Map()] },
  })),
  calls: [
    ['shop', 'cart'],
    ['shop', 'pay'],
    ['pay', 'bank'],
  ].map(([client = '', server = '']) => ({
    ...{ client, server, calls: [50, 50], gap: [new Map(), new Map()] },
  })),
  unserved: [
    ['cart', 'cart-db'],
    ['pay', 'pay-db'],
  ].map(([client = '', peer = '']) => ({
    ...{ client, peer, calls: [50, 50], failed: [0, 0], duration: [new Map(), new Map()] },
  })),
};

const named = (changes: readonly Change[]) =>
  namedCauses(changes, WORLD, WORLD).map(({ kind, workload, peer, explainedBy }) =>
    [kind, workload, peer, explainedBy].filter((text) => text !== '').join(' '),
  );

const gap = (workload: string, peer: string) => change('gap', { workload, peer }, 0.6);
const callTime = (workload: string, peer: string) => change('call-time', { workload, peer }, 0.6);
const cpu = (workload: string, before: number, after: number) =>
  change('metric', { workload, subject: 'k8s.pod.cpu.usage' }, 0.9, { unit: 'metric', before, after });

describe('links that are slow', () => {
  it('on all sides of a workload are its network', () => {
    expect(named([gap('shop', 'pay'), gap('pay', 'bank'), callTime('pay', 'pay-db')])).toEqual([
      'network pay',
    ]);
    expect(named([gap('shop', 'cart'), callTime('cart', 'cart-db')])).toEqual(['network cart']);
  });

  it('alone are between the two', () => {
    expect(named([gap('pay', 'bank')])).toEqual(['network bank pay']);
    expect(named([gap('shop', 'pay')])).toEqual(['network shop pay']);
    expect(named([callTime('cart', 'cart-db')])).toEqual(['unrecorded peer cart-db cart']);
  });

  it('are a starved processor where that is busier, or the own time longer too', () => {
    const links = [gap('shop', 'pay'), gap('pay', 'bank'), callTime('pay', 'pay-db')];
    expect(named([...links, cpu('pay', 0.1, 0.8)])).toEqual(['resource pressure pay']);
    expect(named([...links, change('own-time', { workload: 'pay', subject: 'GET /' }, 0.4)])).toEqual([
      'resource pressure pay',
    ]);
    // Of one link, the end that shows something else.
    expect(named([gap('shop', 'pay'), cpu('pay', 0.1, 0.8)])).toEqual(['resource pressure pay']);
  });
});

describe('a busier processor', () => {
  it('is pressure by itself where it is twice as busy, beyond the traffic', () => {
    expect(named([cpu('cart', 0.1, 0.25)])).toEqual(['resource pressure cart']);
    expect(named([cpu('cart', 0.1, 0.18)])).toEqual([]);
    const half = { ...WORLD, operations: WORLD.operations.map((each) => ({ ...each, requests: [25, 25] })) };
    expect(namedCauses([cpu('cart', 0.1, 0.25)], WORLD, half)).toEqual([]);
  });
});

describe('failures', () => {
  const errors = (workload: string, below: readonly [string, number][], strength = 0.4) =>
    change('errors', { workload, subject: 'GET /', failingBelow: new Map(below) }, strength);

  it('are the called one’s where both fail in the same traces, all the way up', () => {
    const all = [
      errors(
        'shop',
        [
          ['pay', 50],
          ['bank', 50],
        ],
        0.5,
      ),
      errors('pay', [['bank', 50]], 0.45),
      errors('bank', []),
    ];
    expect(named(all)[0]).toBe('errors bank');
    expect(named(all)).toContain('errors pay bank');
  });

  it('are the caller’s own where the called one fails elsewhere', () => {
    expect(named([errors('shop', [['pay', 3]]), errors('pay', [], 0.2)])[0]).toBe('errors shop');
  });

  it('that come with a slow called workload may be timeouts', () => {
    const slow = change('own-time', { workload: 'bank', subject: 'GET /' }, 0.4);
    expect(named([errors('shop', [], 0.6), slow])).toEqual(['code path bank', 'errors shop bank']);
  });

  it('that come with refused calls are those of what is called', () => {
    const refused = change('call-errors', { workload: 'cart', peer: 'cart-db' }, 0.4);
    expect(named([errors('cart', []), refused])).toEqual([
      'unrecorded peer cart-db cart',
      'errors cart cart-db',
    ]);
  });
});

describe('what is rare or missing', () => {
  const restart = change('count', { workload: 'bank', subject: 'k8s.container.restarts' }, 0, {
    test: { p: 0.5, least: 0.5, delta: 1, strength: 0 },
    sure: false,
  });

  it('counts beside something else: one restart alone names nothing', () => {
    expect(named([restart])).toEqual([]);
    expect(named([restart, change('errors', { workload: 'bank', subject: 'GET /' }, 0.3)])).toEqual([
      'restarts bank',
    ]);
  });

  it('is named in the lowest workload that lacks what it always wrote', () => {
    const gone = (workload: string) =>
      change('pattern', { workload, subject: 'done', level: 'INFO' }, 0.7, {
        before: 1,
        after: 0.1,
        test: { p: 1e-6, least: 0, delta: -0.9, strength: 0.7 },
      });
    expect(named([gone('shop'), gone('pay')])).toEqual(['missing lines pay', 'missing lines shop pay']);
  });

  it('is a workload that is gone, the more so where calls to it fail', () => {
    const gone = change('gone-workload', { workload: 'bank' }, 0.8, {
      test: { p: 1e-6, least: 0, delta: -1, strength: 0.8 },
    });
    expect(named([gone])).toEqual(['gone bank']);
    const [first] = namedCauses(
      [gone, change('call-errors', { workload: 'pay', peer: 'bank' }, 0.7)],
      WORLD,
      WORLD,
    );
    expect(first).toMatchObject({ kind: 'gone', workload: 'bank', score: 0.8 });
  });
});
