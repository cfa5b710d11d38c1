import { describe, expect, it } from 'vitest';
import { baselineCandidates, type CandidateCounts, chooseBaseline } from './choose-baseline.ts';

const at = (...starts: number[]) => starts.map((start) => ({ start, records: 100 }));

it('is the time right before, where that holds data', () => {
  expect(baselineCandidates({ from: 100, to: 120 }, at(70, 80, 90, 100, 110), 10)[0]).toEqual({
    from: 80,
    to: 100,
  });
});

it('is the nearest slab of a recording with gaps', () => {
  expect(baselineCandidates({ from: 100, to: 120 }, at(10, 20, 30, 40, 100, 110), 10)[0]).toEqual({
    from: 30,
    to: 50,
  });
});

it('takes no time with a few stray records', () => {
  const stray = { start: 90, records: 3 };
  expect(baselineCandidates({ from: 100, to: 120 }, [...at(20, 30, 100, 110), stray], 10)[0]).toEqual({
    from: 20,
    to: 40,
  });
});

it('is none where nothing is earlier', () => {
  expect(baselineCandidates({ from: 100, to: 120 }, at(100, 110), 10)[0]).toBeUndefined();
  expect(baselineCandidates({ from: 100, to: 120 }, [], 10)[0]).toBeUndefined();
});

it('comes with earlier ones, none of which overlaps another', () => {
  expect(baselineCandidates({ from: 100, to: 120 }, at(20, 30, 40, 70, 80, 90, 100, 110), 10)).toEqual([
    { from: 80, to: 100 },
    { from: 60, to: 80 },
    { from: 30, to: 50 },
    // Half of it holds data.
    { from: 10, to: 30 },
  ]);
});

describe('of several candidates', () => {
  const counts = (from: number, failed: Readonly<Record<string, number>>, median = 20): CandidateCounts => ({
    from,
    to: from + 10,
    workloads: ['shop', 'ledger'].map((workload) => ({
      workload,
      requests: 200,
      failed: failed[workload] ?? 1,
      median,
      lines: 400,
      errorLines: failed[workload] ?? 1,
    })),
  });
  const incident = counts(100, { ledger: 60 });

  it('the nearest is chosen where none is clearly worse', () => {
    expect(chooseBaseline([counts(90, { ledger: 3 }), counts(80, {}), counts(70, {})], incident)).toEqual({
      from: 90,
      to: 100,
      passedOver: [],
      candidates: 3,
    });
  });

  it('one that holds an incident of the same kind is passed over', () => {
    const chosen = chooseBaseline([counts(90, { ledger: 50 }), counts(80, {}), counts(70, {})], incident);
    expect(chosen).toMatchObject({ from: 80, to: 90 });
    expect(chosen?.passedOver).toEqual([
      { from: 90, to: 100, workload: 'ledger', because: 'failures', value: 0.25, calm: 1 / 200 },
    ]);
  });

  it('one that holds another incident is taken', () => {
    const candidates = [counts(90, { shop: 50 }), counts(80, {}), counts(70, {})];
    expect(chooseBaseline(candidates, incident)?.from).toBe(90);
    expect(chooseBaseline(candidates)?.from).toBe(80);
  });

  it('one that is as slow as the window is passed over', () => {
    const slow = [counts(90, {}, 70), counts(80, {}), counts(70, {})];
    expect(chooseBaseline(slow, counts(100, {}, 80))).toMatchObject({
      from: 80,
      passedOver: [{ because: 'slower', value: 70, calm: 20 }],
    });
  });

  it('the one with the least is taken where all hold some', () => {
    const all = [counts(90, { ledger: 90 }), counts(80, { ledger: 40 }), counts(70, { ledger: 41 })];
    expect(chooseBaseline(all, counts(100, { ledger: 120 }))?.from).toBe(80);
  });

  it('there is none without candidates', () => {
    expect(chooseBaseline([], incident)).toBeUndefined();
  });
});
