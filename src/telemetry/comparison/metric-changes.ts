import type { CounterAggregate, MetricAggregate } from './aggregates.ts';
import { isConsiderable } from './considerable.ts';
import { compareCounts } from './count-test.ts';
import { compareLevels, median, middleOfSorted, type PriorSpread } from './level-test.ts';
import { withLimitShares } from './limit-shares.ts';
import { type Candidate, PLACE, type Place, pairUp, type Sides } from './make-change.ts';
import { sum, UNCHANGED } from './test-result.ts';

/** The least spread of a metric, as a factor. */
const METRIC_NOISE = Math.log(1.1);

/** From how many series of a name on their own changes tell what is usual. */
const PEERS = 8;

/** The most that other series tell of the spread of one, as degrees of freedom: they are not all alike. */
const MOST_PRIOR_FREEDOM = 12;

/** A counter that counts at most so many events in both windows together is compared by count, not by rate. */
const RARE = 20;

type Sample = readonly [stretch: number, value: number, seconds?: number];

interface Level {
  readonly place: Place;
  readonly old: MetricAggregate;
  readonly now: MetricAggregate;
}

/** Levels of gauges, shares of limits, rates of counters, and how often something rare was counted. */
export function* metricChanges({ baseline, window }: Sides): Generator<Candidate> {
  const keyOf = ({ workload, pod, name, labels }: MetricAggregate) => [workload, pod, name, labels];
  const byName = new Map<string, Level[]>();
  const [before, after] = [withLimitShares(baseline.metrics), withLimitShares(window.metrics)];
  for (const [old, now] of pairUp(before, after, keyOf)) {
    if (old === undefined || now === undefined) continue;
    const place = {
      ...PLACE,
      workload: now.workload,
      pod: now.pod,
      subject: now.labels === '' ? now.name : `${now.name}{${now.labels}}`,
    };
    if (old.kind === 'counter' && now.kind === 'counter' && isRare(old, now)) {
      yield* eventChange(place, old, now);
      continue;
    }
    if (old.samples.length < 2 || now.samples.length < 2) continue;
    const name = JSON.stringify([now.name, now.labels]);
    const levels = byName.get(name) ?? [];
    levels.push({ place, old, now });
    byName.set(name, levels);
  }
  for (const levels of byName.values()) yield* levelChanges(levels);
}

function isRare(old: CounterAggregate, now: CounterAggregate): boolean {
  let total = 0;
  for (const { samples } of [old, now]) {
    for (const [, increase] of samples) {
      total += increase;
      if (total > RARE || !Number.isInteger(increase)) return false;
    }
  }
  return true;
}

/** Events against the time that both windows saw; `before` is scaled to the window's. */
function* eventChange(place: Place, old: CounterAggregate, now: CounterAggregate): Generator<Candidate> {
  const of = (side: CounterAggregate, member: 1 | 2) => sum(side.samples.map((sample) => sample[member]));
  const events = [of(old, 1), of(now, 1)] as const;
  const over = [of(old, 2), of(now, 2)] as const;
  if (over[0] === 0 || over[1] === 0 || events[0] + events[1] === 0) return;
  yield {
    ...place,
    kind: 'count',
    unit: 'events',
    before: (events[0] / over[0]) * over[1],
    after: events[1],
    samples: events,
    onset: () => now.samples.find(([, increase]) => increase > 0)?.[0] ?? 0,
    test: compareCounts({ events, over }),
    sure: true,
  };
}

/**
 * Levels are compared by their logarithm. Where a metric has many series, most have nothing to do with a fault: their
 * median change is taken off each, and their spread is the least noise (an empirical null, Efron, JASA 99, 2004). Noise
 * goes either way: a rise is as doubtful as there are series that fell about as far, one excepted, to which load may
 * have moved (the false discoveries that signs tell of: Barber & Candès, Annals of Statistics 43, 2015).
 */
function* levelChanges(levels: readonly Level[]): Generator<Candidate> {
  const values = levels.map(({ old, now }) => [sortedValues(old), sortedValues(now)] as const);
  const middles = values.map(([a, b]) => [middleOfSorted(a), middleOfSorted(b)] as const);
  const sizes = middles
    .flat()
    .map(Math.abs)
    .filter((size) => size > 0);
  // What is far below the usual size of a metric counts as nothing, and zero has a logarithm.
  const base = sizes.length === 0 ? 1 : 0.1 * median(sizes);
  const log = (value: number) => Math.sign(value) * Math.log1p(Math.abs(value) / base);
  const shifts = middles.map(([a, b]) => log(b) - log(a));
  const isMany = levels.length >= PEERS;
  const usual = isMany ? median(shifts) : 0;
  const noise = isMany ? 1.4826 * median(shifts.map((shift) => Math.abs(shift - usual))) : 0;
  for (const [i, { place, now }] of levels.entries()) {
    const [pair, ends] = [values[i], middles[i]];
    if (pair === undefined || ends === undefined) continue;
    const [[a, b], [before, after]] = [pair, ends];
    const spread = noise / Math.sqrt(1 / a.length + 1 / b.length);
    const prior: PriorSpread = {
      spread: Math.max(METRIC_NOISE, spread),
      freedom: isMany ? Math.min(MOST_PRIOR_FREEDOM, levels.length / 2) : 0,
    };
    const middle = (before + after) / 2;
    const isBeyond = (sample: Sample) =>
      after > before ? sampleValue(now.kind, sample) > middle : sampleValue(now.kind, sample) < middle;
    const test = isConsiderable(before, after)
      ? compareLevels(inPlace(a, log), inPlace(b, log), usual, Math.max(METRIC_NOISE, spread), prior)
      : UNCHANGED;
    const doubt = isMany ? shareOfNoise((shifts[i] ?? 0) - usual, shifts, usual) : 0;
    yield {
      ...place,
      kind: 'metric',
      unit: 'metric',
      before,
      after,
      samples: [a.length, b.length],
      onset: () => (now.samples.find(isBeyond) ?? [0])[0],
      test: { ...test, strength: (1 - doubt) * test.strength },
      sure: true,
    };
  }
}

/** How far others have to have moved to be compared with one, as a part of its way. */
const ABOUT = 0.5;

/** 0 to 1: how many of the series that moved about as far as this one, and the same way, did so by chance. */
function shareOfNoise(shift: number, shifts: readonly number[], usual: number): number {
  const ways = shifts.map((each) => (each - usual) * Math.sign(shift));
  const far = ABOUT * Math.abs(shift);
  const [same, opposite] = [
    ways.filter((way) => way >= far).length,
    ways.filter((way) => way <= -far).length,
  ];
  return Math.min(1, Math.max(0, opposite - 1) / Math.max(1, same));
}

/** A gauge's values, or a counter's by second, in rising order. */
function sortedValues({ kind, samples }: MetricAggregate): Float64Array {
  const values = new Float64Array(samples.length);
  for (let i = 0; i < samples.length; i++) values[i] = sampleValue(kind, samples[i]);
  return values.sort();
}

const sampleValue = (kind: MetricAggregate['kind'], sample: Sample | undefined): number =>
  sample === undefined ? 0 : kind === 'gauge' ? sample[1] : sample[1] / (sample[2] ?? 1);

function inPlace(values: Float64Array, change: (value: number) => number): Float64Array {
  for (let i = 0; i < values.length; i++) values[i] = change(values[i] ?? 0);
  return values;
}
